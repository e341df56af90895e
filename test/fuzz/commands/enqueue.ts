import * as fc from 'fast-check';
import type { Session } from '../session.ts';
import { isMet, settle } from '../world/needs.ts';
import { jobNames, tasksWhere, versions, volumes, type Task, type World } from '../world/world.ts';
import { assertAnswer, choose, command } from './command.ts';
import { index } from './arbitraries.ts';

interface NewTask {
  readonly id: number;
  readonly job: string;
  readonly volume: string;
  readonly version: string;
  readonly rerun: number;
  readonly priority: number;
  readonly size: number;
  readonly runAt: number;
}

const neverRun = {
  state: 'ready',
  runAtWithin: undefined,
  failures: 0,
  attempt: 0,
  fence: null,
  worker: null,
  inputVersion: null,
  pages: null,
  pagesFailed: null,
} as const;

/** What a statement that inserted these rows must have made of them. */
function insertTasks(world: World, inserted: readonly NewTask[]): void {
  const added = inserted.map((row): Task => {
    const task: Task = {
      ...row,
      ...neverRun,
      due: row.runAt <= world.clock,
    };
    world.tasks.set(row.id, task);
    return task;
  });
  const blocked = added.filter((task) => !isMet(world, task));
  for (const task of blocked) task.state = 'blocked';
  const impatient = blocked.filter((t) => world.jobs.get(t.job)?.onNeedFailed === 'cancel');
  if (impatient.length > 0) settle(world, new Set(impatient.map((task) => task.volume)));
}

const isKnown = (world: World, row: Omit<NewTask, 'id'>): boolean =>
  tasksWhere(
    world,
    (t) =>
      t.job === row.job &&
      t.volume === row.volume &&
      t.version === row.version &&
      t.rerun === row.rerun,
  ).length > 0;

/** By plain INSERT, as people write it. */
export const insertOne = fc
  .record({
    job: fc.constantFrom(...jobNames),
    volume: fc.constantFrom(...volumes),
    version: fc.constantFrom(...versions),
    priority: fc.constantFrom(0, 0, 5),
    size: fc.constantFrom(0, 0, 40),
    delay: fc.constantFrom(0, 0, 0, 20_000),
  })
  .map(({ delay, ...task }) =>
    command(`insert ${JSON.stringify({ ...task, delay })}`, {
      async run(world, session) {
        const row = { ...task, rerun: 0, runAt: world.clock + delay };
        const values = [row.job, row.volume, row.version, row.priority, row.size, delay];
        const sql = `insert into fleet.task (job, volume, version, priority, size, run_at)
          values ($1, $2, $3, $4, $5, fleet.now() + $6 * interval '1 millisecond') returning id::integer`;
        if (isKnown(world, row)) {
          assertAnswer('the second insert', await session.refusal(sql, ...values), '23505');
          return;
        }
        insertTasks(world, [{ ...row, id: await session.value<number>(sql, ...values) }]);
      },
    }),
  );

/** Many at once, known ones skipped, as `fleet enqueue` does it, and of several jobs in one statement. */
export const insertMany = fc
  .record({
    jobs: fc.uniqueArray(fc.constantFrom(...jobNames), { minLength: 1, maxLength: 3 }),
    version: fc.constantFrom(...versions),
  })
  .map(({ jobs, version }) =>
    command(`insert many ${jobs.join(', ')} ${version}`, {
      async run(world, session) {
        const rows = await session.value<NewTask[]>(
          `with inserted as (
             insert into fleet.task (job, volume, version)
             select job, volume, $3 from unnest($1::text[]) job, unnest($2::text[]) volume
             on conflict (volume, job, version, rerun) do nothing
             returning id, job, volume, version, rerun, priority, size
           ) select coalesce(json_agg(inserted order by id), '[]') from inserted`,
          jobs,
          volumes,
          version,
        );
        const fresh = jobs.flatMap((job) =>
          volumes.filter((volume) => !isKnown(world, { ...blank, job, volume, version })),
        );
        assertAnswer('the insert', rows.length, fresh.length);
        insertTasks(
          world,
          rows.map((row) => ({ ...row, runAt: world.clock })),
        );
      },
    }),
  );

const blank = { rerun: 0, priority: 0, size: 0, runAt: 0 };

/** Again, whatever became of it. */
export const rerun = fc
  .record({
    job: fc.constantFrom(...jobNames),
    volume: fc.constantFrom(...volumes),
    version: fc.constantFrom(...versions),
  })
  .map(({ job, volume, version }) =>
    command(`rerun ${job} ${volume} ${version}`, {
      async run(world, session) {
        const id = await session.value<string>(
          'select fleet.rerun($1, $2, $3)',
          job,
          volume,
          version,
        );
        const before = tasksWhere(
          world,
          (t) => t.job === job && t.volume === volume && t.version === version,
        ).map((task) => task.rerun);
        const size = await knownPages(session, volume);
        const number = Math.max(-1, ...before) + 1;
        const row = { job, volume, version, rerun: number, priority: 0, size, runAt: world.clock };
        insertTasks(world, [{ ...row, id: Number(id) }]);
      },
    }),
  );

async function knownPages(session: Session, volume: string): Promise<number> {
  const sql = 'select coalesce((select pages from fleet.opened_volume where uri = $1), 0)';
  return session.value<number>(sql, volume);
}

export const deleteTask = index.map((which) =>
  command(`delete ${which}`, {
    applies: (world) => world.tasks.size > 0,
    async run(world, session) {
      const task = choose([...world.tasks.values()], which);
      const refusal = await session.refusal('delete from fleet.task where id = $1', task.id);
      assertAnswer('the delete', refusal, task.state === 'running' ? 'FL002' : undefined);
      if (refusal !== undefined) return;
      world.deleted.push(task);
      world.tasks.delete(task.id);
      world.parts = world.parts.filter((part) => part.task !== task.id);
    },
  }),
);
