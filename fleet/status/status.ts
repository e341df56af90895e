import { z } from 'zod';

/**
 * The types of the status endpoint: what a worker says of itself. `tui/` and `fleet top` know
 * these and nothing else of a worker. The schemas are the endpoint's response schemas; the types
 * are inferred from them.
 */

export const workerStates = [
  'starting',
  'idle',
  'running',
  'draining',
  'stopped',
  'unhealthy',
] as const;

const count = z.number().int().nonnegative();
const perSecond = z.number().nonnegative();
const timestamp = z.iso.datetime({ offset: true });

const taskStatusSchema = z
  .object({
    task: count,
    job: z.string(),
    volume: z.string(),
    attempt: count,
    fence: z.string(),
    stage: z.enum(['opening', 'reading', 'assembling', 'publishing', 'completing']),
    pagesDone: count,
    /** 0 until the volume was opened. */
    pagesTotal: count,
    pagesFailed: count,
    /** Pages after the last committed part. */
    pagesUncommitted: count,
    /** Pages per second over the last minute. */
    pagesPerSecond: perSecond,
    startedAt: timestamp,
    /** Pages waiting between the stages: fetched bytes, being read, waiting for their turn to be written. */
    queues: z.object({ fetched: count, reading: count, ordered: count }).readonly(),
  })
  .readonly();

export const workerStatusSchema = z
  .object({
    worker: z.string(),
    id: count,
    name: z.string(),
    host: z.string(),
    pid: count,
    state: z.enum(workerStates),
    /** Why, when it is draining or unhealthy. */
    reason: z.string().optional(),
    startedAt: timestamp,
    version: z.string(),
    versions: z.record(z.string(), z.string()).readonly(),
    slots: count,
    threads: count,
    tasks: z.array(taskStatusSchema).readonly(),
    /** Since the start of the process. */
    totals: z
      .object({
        pages: count,
        pagesFailed: count,
        tasksDone: count,
        tasksFailed: count,
        bytesRead: count,
      })
      .readonly(),
    /** Pages per second over the last minute. */
    pagesPerSecond: perSecond,
    /** Mean milliseconds a page by step, over the last minute. */
    timings: z.record(z.string(), z.number().nonnegative()).readonly(),
    /** Bytes. */
    memory: z.object({ rss: count, heapUsed: count, external: count, limit: count }).readonly(),
    /** Share of one core, 1 = one core busy, over the last seconds. */
    cpu: z.number().nonnegative(),
    /** `expiresInMs` is negative when the lease has run out. */
    lease: z
      .object({ expiresInMs: z.number(), lastBeatMsAgo: z.number().nonnegative() })
      .readonly(),
    database: z
      .object({
        connected: z.boolean(),
        listening: z.boolean(),
        lastError: z.string().optional(),
      })
      .readonly(),
    spot: z.object({ action: z.string(), at: z.string() }).readonly().optional(),
  })
  .readonly();

export type WorkerState = (typeof workerStates)[number];

/** What one task is doing right now. */
export type TaskStatus = z.infer<typeof taskStatusSchema>;

/** What a worker says of itself. */
export type WorkerStatus = z.infer<typeof workerStatusSchema>;
