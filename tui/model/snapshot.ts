import { z } from 'zod';
import { workerStatusSchema } from '../../fleet/status/status.ts';
import { jobRowSchema, taskCountsSchema, workerRowSchema } from './queries.ts';

/**
 * One look at the whole fleet: what `fleet top --json` prints. Times are the database's; ages are
 * reckoned on one clock, the database's or this process's, so that wrong clocks on workers change nothing.
 */

const seconds = z.number();

const endpointSchema = z.discriminatedUnion('state', [
  z.object({ state: z.literal('ok'), status: workerStatusSchema }),
  z.object({
    state: z.literal('unreachable'),
    error: z.string(),
    lastSeen: z
      .object({ status: workerStatusSchema, ageSeconds: seconds })
      .optional()
      .describe('What it said when it last answered, and how long ago.'),
  }),
  z.object({ state: z.literal('asked') }).describe('It has not answered yet.'),
  z.object({ state: z.literal('none') }).describe('It has no endpoint, or has ended.'),
]);

export const workerConditions = [
  'running',
  'idle',
  'starting',
  'paused',
  'draining',
  'unhealthy',
  'unreachable',
  'lost',
  'stopped',
] as const;

const workerSnapshotSchema = workerRowSchema.extend({
  condition: z
    .enum(workerConditions)
    .describe('What its row in the database and its endpoint say together.'),
  uptimeSeconds: seconds,
  endpoint: endpointSchema,
});

const jobSnapshotSchema = jobRowSchema.extend({
  pagesExpected: z
    .object({ pages: z.number().int(), exact: z.boolean() })
    .nullable()
    .describe(
      'Not exact while the pages of some tasks are unknown: then taken as the mean of the others.',
    ),
});

export const fleetSnapshotSchema = z.object({
  schema: z.literal(1).describe('Grows when a field changes its meaning or goes away.'),
  at: z.iso.datetime({ offset: true }).describe("The database's time."),
  database: z.discriminatedUnion('state', [
    z.object({ state: z.literal('ok'), name: z.string() }),
    z
      .object({
        state: z.literal('unreachable'),
        name: z.string(),
        error: z.string(),
        ageSeconds: seconds,
      })
      .describe('Jobs and workers are as they were that many seconds ago.'),
  ]),
  pagesPerSecond: z.object({
    live: z.number().describe('As the reachable workers say, over the last minute.'),
    recorded: z.number().describe('As committed to the database.'),
  }),
  etaSeconds: seconds
    .nullable()
    .describe('Until the last active job is done; null when that cannot be told.'),
  tasks: taskCountsSchema,
  workersByCondition: z.partialRecord(z.enum(workerConditions), z.number().int()),
  jobs: z.array(jobSnapshotSchema),
  workers: z.array(workerSnapshotSchema),
});

export type Endpoint = z.infer<typeof endpointSchema>;
export type WorkerCondition = (typeof workerConditions)[number];
export type WorkerSnapshot = z.infer<typeof workerSnapshotSchema>;
export type JobSnapshot = z.infer<typeof jobSnapshotSchema>;
export type FleetSnapshot = z.infer<typeof fleetSnapshotSchema>;
