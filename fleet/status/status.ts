/**
 * The types of the status endpoint: what a worker says of itself. `tui/` and `fleet top` know
 * these and nothing else of a worker.
 */

export type WorkerState = 'starting' | 'idle' | 'running' | 'draining' | 'stopped' | 'unhealthy';

/** What one task is doing right now. */
export interface TaskStatus {
  readonly task: number;
  readonly job: string;
  readonly volume: string;
  readonly attempt: number;
  readonly fence: string;
  readonly stage: 'opening' | 'reading' | 'assembling' | 'publishing' | 'completing';
  readonly pagesDone: number;
  /** 0 until the volume was opened. */
  readonly pagesTotal: number;
  readonly pagesFailed: number;
  /** Pages after the last committed part. */
  readonly pagesUncommitted: number;
  /** Pages per second over the last minute. */
  readonly pagesPerSecond: number;
  readonly startedAt: string;
  /** Pages waiting between the stages: fetched bytes, being read, waiting for their turn to be written. */
  readonly queues: { readonly fetched: number; readonly reading: number; readonly ordered: number };
}

export interface WorkerStatus {
  readonly worker: string;
  readonly id: number;
  readonly name: string;
  readonly host: string;
  readonly pid: number;
  readonly state: WorkerState;
  /** Why, when it is draining or unhealthy. */
  readonly reason?: string | undefined;
  readonly startedAt: string;
  readonly version: string;
  readonly versions: Readonly<Record<string, string>>;
  readonly slots: number;
  readonly threads: number;
  readonly tasks: readonly TaskStatus[];
  /** Since the start of the process. */
  readonly totals: {
    readonly pages: number;
    readonly pagesFailed: number;
    readonly tasksDone: number;
    readonly tasksFailed: number;
    readonly bytesRead: number;
  };
  /** Pages per second over the last minute. */
  readonly pagesPerSecond: number;
  /** Mean milliseconds a page by step, over the last minute. */
  readonly timings: Readonly<Record<string, number>>;
  readonly memory: { readonly rss: number; readonly heapUsed: number; readonly external: number; readonly limit: number };
  /** Share of one core, 1 = one core busy, over the last seconds. */
  readonly cpu: number;
  readonly lease: { readonly expiresInMs: number; readonly lastBeatMsAgo: number };
  readonly database: { readonly connected: boolean; readonly listening: boolean; readonly lastError?: string | undefined };
  readonly spot?: { readonly action: string; readonly at: string } | undefined;
}
