/** What the task table must hold, predicted in plain data. Times are milliseconds after `epoch`. */
export const epoch = '2030-01-01 00:00:00+00';

export type TaskState = 'blocked' | 'ready' | 'running' | 'done' | 'dead' | 'cancelled';
type NeedPolicy = 'hold' | 'release' | 'cancel';
export type Outcome = 'done' | 'failed' | 'lost' | 'interrupted' | 'cancelled';

export interface Application {
  readonly name: string;
  state: 'active' | 'paused';
  priority: number;
  quota: number | undefined;
}

export interface Job {
  readonly name: string;
  readonly application: string;
  readonly kind: string;
  readonly maxAttempts: number;
  readonly retryBase: number;
  state: 'active' | 'paused' | 'cancelled';
  priority: number;
  needs: readonly string[];
  onNeedFailed: NeedPolicy;
}

export interface Task {
  readonly id: number;
  readonly job: string;
  readonly volume: string;
  readonly version: string;
  readonly rerun: number;
  state: TaskState;
  priority: number;
  size: number;
  runAt: number;
  /** Where `runAt` may lie after a jittered delay; the next snapshot says where it does. */
  runAtWithin: readonly [number, number] | undefined;
  due: boolean;
  failures: number;
  attempt: number;
  fence: number | null;
  worker: number | null;
  inputVersion: string | null;
  pages: number | null;
  pagesFailed: number | null;
}

interface Lease {
  expiresAt: number;
  since: number;
  readonly ttl: number;
}

export interface Worker {
  readonly id: number;
  readonly kinds: readonly string[];
  state: 'active' | 'paused' | 'draining' | 'stopped' | 'lost';
  lease: Lease | undefined;
}

interface Attempt {
  readonly task: number;
  readonly number: number;
  readonly fence: number;
  readonly worker: number;
  readonly outcome: Outcome;
}

interface Part {
  readonly task: number;
  readonly number: number;
  readonly fence: number;
}

/** A claim, past or present: what its worker will go on naming, rightly or not. */
export interface Hold {
  readonly worker: number;
  readonly task: number;
  readonly fence: number;
}

export interface World {
  clock: number;
  readonly applications: Map<string, Application>;
  readonly jobs: Map<string, Job>;
  readonly tasks: Map<number, Task>;
  readonly workers: Map<number, Worker>;
  attempts: Attempt[];
  parts: Part[];
  /** Every claim there ever was, the oldest first. */
  readonly holds: Hold[];
  /** Deleted tasks: what they met stays met for those that were released by it. */
  readonly deleted: Task[];
}

const kinds = ['one', 'two'];

/** Applications and jobs as every sequence finds them; no task yet. */
export function newWorld(): World {
  const applications: Application[] = [
    { name: 'default', state: 'active', priority: 0, quota: undefined },
    { name: 'other', state: 'active', priority: 0, quota: 2 },
  ];
  return {
    clock: 0,
    applications: new Map(applications.map((each) => [each.name, each])),
    jobs: new Map(newJobs().map((each) => [each.name, each])),
    tasks: new Map(),
    workers: new Map(),
    attempts: [],
    parts: [],
    holds: [],
    deleted: [],
  };
}

function newJobs(): Job[] {
  const job = (name: string, kind: string, needs: string[], onNeedFailed: NeedPolicy): Job => ({
    name,
    application: name.includes('/') ? 'other' : 'default',
    kind,
    maxAttempts: 2,
    retryBase: 10_000,
    state: 'active',
    priority: 0,
    needs,
    onNeedFailed,
  });
  return [
    job('first', 'one', [], 'hold'),
    job('holds', 'one', ['first'], 'hold'),
    job('releases', 'two', ['first'], 'release'),
    job('other/cancels', 'two', ['first', 'holds'], 'cancel'),
    job('other/free', 'one', [], 'hold'),
  ];
}

export const jobNames = newJobs().map((job) => job.name);
export const workerKinds = [kinds, ['one']];
export const volumes = ['s3://scans/a/', 's3://scans/b/'];
export const versions = ['', 'v1'];

/** The task, if this hold still is the right to it. */
export function heldTask(world: World, hold: Hold): Task | undefined {
  const task = world.tasks.get(hold.task);
  return task?.state === 'running' && task.fence === hold.fence ? task : undefined;
}

/** The same, for calls that name the worker as well. */
export function ownTask(world: World, hold: Hold): Task | undefined {
  const task = heldTask(world, hold);
  return task?.worker === hold.worker ? task : undefined;
}

export function isLive(world: World, worker: Worker): boolean {
  return worker.lease !== undefined && worker.lease.expiresAt > world.clock;
}

export function tasksWhere(world: World, condition: (task: Task) => boolean): Task[] {
  return [...world.tasks.values()].filter(condition).toSorted((a, b) => a.id - b.id);
}
