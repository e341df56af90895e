import { availableParallelism, hostname, totalmem } from 'node:os';
import { z } from 'zod';
import { FleetError } from '../errors/fleet-error.ts';

const milliseconds = z.coerce.number().int().positive();
const list = z.union([
  z.array(z.string().min(1)),
  z.string().transform((text) =>
    text
      .split(',')
      .map((each) => each.trim())
      .filter(Boolean),
  ),
]);
const flag = z.union([z.boolean(), z.stringbool()]);

/** Everything that one worker can be told. `FLEET_…` variables and command options give the same. */
export const workerOptionsSchema = z
  .strictObject({
    databaseUrl: z.string().min(1),
    /** Acted as after connecting (`set role`), for local fleets whose user may be anything. */
    databaseRole: z.string().min(1).optional(),
    name: z.string().min(1).default(`${hostname()}-${process.pid}`),
    /** Volumes at a time. */
    slots: z.coerce.number().int().min(1).max(256).default(2),
    /** Reading threads, shared by all volumes. */
    threads: z.coerce.number().int().min(1).max(1024).default(availableParallelism()),
    /** Modules with kinds of one's own: paths or package names. */
    kinds: list.default([]),
    labels: list.default([]),
    /** What jobs with a memory requirement are matched against. */
    memoryMb: z.coerce.number().int().min(0).default(memoryLimitMb()),
    beatMs: milliseconds.default(1_000),
    leaseMs: milliseconds.default(4_000),
    /** How long a worker that was asked to leave may take to finish or to hand back. */
    graceMs: milliseconds.default(30_000),
    statusHost: z.string().min(1).default('127.0.0.1'),
    statusPort: z.coerce.number().int().min(0).max(65_535).default(0),
    statusToken: z.string().min(1).optional(),
    /** Downloaded and prepared models. */
    cacheDir: z.string().min(1),
    /** False: polls only, for transaction poolers. */
    listen: flag.default(true),
    /** Idle workers poll at an interval that grows from the one to the other. */
    pollMinMs: milliseconds.default(1_000),
    pollMaxMs: milliseconds.default(15_000),
    /** Leaves when nothing that it could do is ready or running anywhere. */
    untilEmpty: flag.default(false),
  })
  .refine(({ leaseMs, beatMs }) => leaseMs >= 2 * beatMs, {
    path: ['leaseMs'],
    message: 'must be at least twice the heartbeat interval',
  })
  .refine(({ pollMinMs, pollMaxMs }) => pollMinMs <= pollMaxMs, {
    path: ['pollMinMs'],
    message: 'must not be above the largest poll interval',
  });

export type WorkerOptions = z.infer<typeof workerOptionsSchema>;
/** What may be given: all but the database and the cache folder has a default. */
export type WorkerOptionsInput = z.input<typeof workerOptionsSchema>;

/** The environment variable of each option that has one. */
const workerVariables = {
  databaseRole: 'FLEET_DATABASE_ROLE',
  name: 'FLEET_NAME',
  slots: 'FLEET_SLOTS',
  threads: 'FLEET_THREADS',
  kinds: 'FLEET_KINDS',
  labels: 'FLEET_LABELS',
  memoryMb: 'FLEET_MEMORY_MB',
  beatMs: 'FLEET_BEAT_MS',
  leaseMs: 'FLEET_LEASE_MS',
  graceMs: 'FLEET_GRACE_MS',
  statusHost: 'FLEET_STATUS_HOST',
  statusPort: 'FLEET_STATUS_PORT',
  statusToken: 'FLEET_STATUS_TOKEN',
  listen: 'FLEET_LISTEN',
  pollMinMs: 'FLEET_POLL_MIN_MS',
  pollMaxMs: 'FLEET_POLL_MAX_MS',
  untilEmpty: 'FLEET_UNTIL_EMPTY',
} as const satisfies Partial<Record<keyof WorkerOptions, string>>;

/**
 * Options from what was given and, for the rest, from the environment. Throws `CONFIG_INVALID`
 * naming the option and its variable.
 */
export function workerOptions(
  given: Partial<WorkerOptionsInput>,
  environment: NodeJS.ProcessEnv = {},
): WorkerOptions {
  const told: Record<string, unknown> = {};
  for (const [option, variable] of Object.entries(workerVariables)) {
    if (environment[variable]) told[option] = environment[variable];
  }
  for (const [option, value] of Object.entries(given)) {
    if (value !== undefined) told[option] = value;
  }
  const parsed = workerOptionsSchema.safeParse(told);
  if (parsed.success) return parsed.data;
  throw new FleetError('CONFIG_INVALID', parsed.error.issues.map(describe).join('; '));
}

function describe({ path, message }: z.core.$ZodIssue): string {
  const option = String(path[0] ?? 'worker options');
  const variable = workerVariables[option as keyof typeof workerVariables];
  return `${option}${variable === undefined ? '' : ` (${variable})`}: ${message}`;
}

/** The container's limit where there is one, else the machine's memory. */
function memoryLimitMb(): number {
  return Math.floor(memoryLimit() / 1024 ** 2);
}

/** Bytes. */
export function memoryLimit(): number {
  const constrained = process.constrainedMemory();
  return constrained > 0 ? Math.min(constrained, totalmem()) : totalmem();
}
