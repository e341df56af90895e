import { isDeepStrictEqual } from 'node:util';
import type { CountsRow, Snapshot, TaskRow } from './snapshot.ts';
import { jobOf } from './world/needs.ts';
import { tasksWhere, type Task, type World } from './world/world.ts';

/** Every row that was committed is there and is what it should be; nothing else is. */
export function assertAsPredicted(world: World, actual: Snapshot): void {
  for (const row of actual.tasks) adoptRunAt(world.tasks.get(row[0]), row);
  const expected = predict(world);
  for (const table of ['tasks', 'attempts', 'parts', 'workers'] as const) {
    assertSame(table, actual[table], expected[table]);
  }
}

/** The views' counts are those of the rows. A wrong difference never heals: once a sequence is enough. */
export function assertCounts(world: World, actual: readonly CountsRow[]): void {
  const tasks = [...world.tasks.values()];
  const expected = [...world.jobs.keys()].toSorted().map((job) => countsOf(job, tasks));
  assertSame('counts', actual, expected);
}

function assertSame(what: string, actual: readonly unknown[], expected: readonly unknown[]): void {
  if (isDeepStrictEqual(actual, expected)) return;
  throw new Error(`${what} differ:\nexpected ${lines(expected)}\nfound    ${lines(actual)}`);
}

function lines(rows: readonly unknown[]): string {
  return rows.map((row) => JSON.stringify(row)).join('\n         ');
}

function adoptRunAt(task: Task | undefined, row: TaskRow): void {
  if (task?.runAtWithin === undefined) return;
  const [from, to] = task.runAtWithin;
  const runAt = row[16];
  if (runAt < from - 1 || runAt > to + 1)
    throw new Error(`task ${task.id} comes back at ${runAt}, not within ${from} to ${to}`);
  task.runAt = runAt;
  task.runAtWithin = undefined;
}

function predict(world: World): Snapshot {
  const tasks = tasksWhere(world, () => true);
  return {
    tasks: tasks.map(
      (t): TaskRow => [
        ...([
          t.id,
          t.job,
          t.volume,
          t.version,
          t.rerun,
          t.state,
          t.priority,
          t.size,
          t.due,
        ] as const),
        ...([t.failures, t.attempt, t.fence, t.worker, t.inputVersion] as const),
        ...([t.pages, t.pagesFailed, t.runAt] as const),
      ],
    ),
    attempts: world.attempts
      .toSorted((a, b) => a.task - b.task || a.number - b.number)
      .map((a) => [a.task, a.number, a.fence, a.worker, a.outcome]),
    parts: world.parts
      .toSorted((a, b) => a.task - b.task || a.number - b.number)
      .map((part) => [part.task, part.number, part.fence]),
    workers: [...world.workers.values()].map((worker) => [
      worker.id,
      worker.state,
      worker.lease?.expiresAt ?? null,
      worker.lease?.since ?? null,
    ]),
  };
}

function countsOf(job: string, all: readonly Task[]): CountsRow {
  const tasks = all.filter((task) => task.job === job);
  const states = ['blocked', 'ready', 'running', 'done', 'dead', 'cancelled'];
  const sized = tasks.filter(
    (t) => t.pages !== null && t.state !== 'dead' && t.state !== 'cancelled',
  );
  return [
    job,
    ...states.map((state) => tasks.filter((task) => task.state === state).length),
    sized.reduce((sum, task) => sum + (task.pages ?? 0), 0),
    sized.length,
  ];
}

/** What must hold of the tables by themselves, whatever the prediction was. */
export function assertInvariants(world: World, actual: Snapshot): void {
  for (const row of actual.tasks) {
    const [id, , , , , state, , , , , attempt, fence, worker] = row;
    assertAttempts(actual, id, state === 'running' ? attempt - 1 : attempt, fence);
    if (state === 'running' && !actual.workers.some((w) => w[0] === worker && w[2] !== null))
      throw new Error(`task ${id} is held by a worker without a lease: nobody will recover it`);
    assertBlockedExactly(world, row);
  }
}

function assertAttempts(actual: Snapshot, task: number, ended: number, fence: number | null): void {
  const attempts = actual.attempts.filter((attempt) => attempt[0] === task);
  if (attempts.length !== ended || attempts.some((attempt, index) => attempt[1] !== index + 1))
    throw new Error(
      `task ${task} ended ${ended} attempts and has rows of ${attempts.map((a) => a[1]).join(', ')}`,
    );
  const fences = [
    ...attempts.map((attempt) => attempt[2]),
    ...(fence === null ? [] : [fence + 0.5]),
  ];
  if (fences.some((each, index) => index > 0 && each <= (fences[index - 1] ?? 0)))
    throw new Error(`the fences of task ${task} do not grow: ${fences.join(', ')}`);
}

function assertBlockedExactly(world: World, row: TaskRow): void {
  const [id, jobName, volume, version, , state] = row;
  if (state !== 'blocked' && state !== 'ready') return;
  const task = world.tasks.get(id);
  if (task === undefined) throw new Error(`task ${id} came from nowhere`);
  const { needs, onNeedFailed } = jobOf(world, task);
  const enough = onNeedFailed === 'release' ? ['done', 'dead', 'cancelled'] : ['done'];
  const isOf = (need: string, t: Pick<Task, 'job' | 'volume' | 'version' | 'inputVersion'>) =>
    t.job === need &&
    t.volume === volume &&
    (t.version === version || (version !== '' && t.inputVersion === version));
  const unmet = needs.filter(
    (need) => ![...world.tasks.values()].some((t) => isOf(need, t) && enough.includes(t.state)),
  );
  const forgotten = unmet.filter((need) => world.deleted.some((t) => isOf(need, t)));
  if (state === 'blocked' && unmet.length === 0)
    throw new Error(`task ${id} of ${jobName} is blocked and its needs are met`);
  if (state === 'ready' && unmet.length > forgotten.length)
    throw new Error(`task ${id} of ${jobName} is ready and ${unmet.join(', ')} is not`);
}
