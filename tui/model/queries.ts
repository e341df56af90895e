import { z } from 'zod';

/**
 * What `fleet top` reads from Postgres. The row types are plain JSON: whoever implements the queries
 * casts counts to numbers and times to ISO 8601 strings.
 */

const count = z.number().int().nonnegative();
const timestamp = z.iso.datetime({ offset: true });

export const taskStates = ['blocked', 'ready', 'running', 'done', 'dead', 'cancelled'] as const;
export type TaskState = (typeof taskStates)[number];

export const taskCountsSchema = z.record(z.enum(taskStates), count).readonly();
/** Tasks by state; every state is there. */
export type TaskCounts = z.infer<typeof taskCountsSchema>;

export const jobRowSchema = z.object({
  name: z.string(),
  kind: z.string(),
  state: z.enum(['active', 'paused', 'cancelled']),
  tasks: taskCountsSchema,
  /** Pages that were read, failed ones among them. */
  pagesDone: count,
  pagesFailed: count,
  /** Pages of the tasks whose number of pages is known; cancelled tasks are left out. */
  pagesKnown: count,
  /** How many tasks that is. */
  tasksSized: count,
  /** Lately, by the pages that were committed. */
  pagesPerSecond: z.number().nonnegative(),
  /** Until the job is done at the present rate; null when that cannot be told. */
  etaSeconds: z.number().nonnegative().nullable(),
});
export type JobRow = Readonly<z.infer<typeof jobRowSchema>>;

export const workerRowSchema = z.object({
  id: count,
  name: z.string(),
  host: z.string(),
  state: z.enum(['active', 'paused', 'draining', 'stopped', 'lost']),
  /** Why it is in this state, when somebody or something said so. */
  reason: z.string().nullable(),
  /** Base address of its status endpoint; null when it has none. */
  statusUrl: z.string().nullable(),
  /** Since the last heartbeat, by the database's clock; null when it never beat. */
  beatAgeSeconds: z.number().nullable(),
  /** What is left of the lease, by the database's clock; negative when it ran out. */
  leaseSeconds: z.number().nullable(),
  slots: count,
  tasksRunning: count,
  /** By the database's clock. */
  startedAt: timestamp,
});
export type WorkerRow = Readonly<z.infer<typeof workerRowSchema>>;

/** The database and its time, which every age is reckoned from. */
export interface DatabaseRow {
  readonly name: string;
  /** ISO 8601. */
  readonly now: string;
}

/** Read-only queries over the views; each is asked once a refresh and may be given up by the signal. */
export interface FleetQueries {
  database(signal: AbortSignal): Promise<DatabaseRow>;
  /** Every job, in any order. */
  jobs(signal: AbortSignal): Promise<readonly JobRow[]>;
  /** Workers that have not stopped, and those lost or stopped within the last minutes. */
  workers(signal: AbortSignal): Promise<readonly WorkerRow[]>;
}
