import type { Logger } from 'pino';
import type { Database } from '../queue/database.ts';
import { pause } from '../queue/pause.ts';
import { sweep } from '../queue/protocol/sweep.ts';

/** All workers together sweep about twice a second, however many they are. */
const PER_WORKER_MS = 500;

export interface SweepLoopOptions {
  readonly database: Database;
  /** Changes when the worker registers anew. */
  readonly workerId: () => number;
  /** Told how many workers are alive. */
  readonly onWorkers: (workers: number) => void;
  readonly log: Logger;
  readonly signal: AbortSignal;
}

/** Does this worker's share of the fleet's chores, busy or not, until the signal fires. */
export async function sweepLoop(options: SweepLoopOptions): Promise<void> {
  const { database, log, signal } = options;
  let workers = 1;
  while (!signal.aborted) {
    await pause(Math.max(1, workers) * PER_WORKER_MS * (0.8 + Math.random() * 0.4), signal);
    if (signal.aborted) return;
    try {
      const result = await sweep(database, options.workerId());
      workers = result.workers;
      options.onWorkers(workers);
      const { recovered, unblocked } = result;
      if (recovered > 0) log.info({ recovered }, "recovered tasks of workers that don't beat");
      if (unblocked > 0) log.info({ unblocked }, 'released tasks whose needs were met');
    } catch (error) {
      log.debug({ err: error }, 'cannot sweep');
    }
  }
}
