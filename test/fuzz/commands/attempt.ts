import * as fc from 'fast-check';
import type { Session } from '../session.ts';
import { completeTasks, failTask, releaseTask } from '../world/transitions.ts';
import { heldTask, isLive, ownTask, type Hold, type Task, type World } from '../world/world.ts';
import { hold, show } from './arbitraries.ts';
import { assertAnswer, chooseHold, command, hasHolds } from './command.ts';
import { beatLease } from './lease.ts';

export const openVolume = fc
  .tuple(hold, fc.constantFrom('v1', 'v1', 'v2'), fc.constantFrom(3, 40))
  .map(([choice, version, pages]) =>
    command(`open ${show(choice)}: ${version}, ${pages} pages`, {
      applies: hasHolds,
      async run(world, session) {
        await open(world, session, chooseHold(world, choice), { version, pages });
      },
    }),
  );

async function open(
  world: World,
  session: Session,
  own: Hold,
  { version, pages }: { readonly version: string; readonly pages: number },
): Promise<void> {
  const task = heldTask(world, own);
  const sql = 'select fleet.open_volume($1, $2, $3, $4, 100)';
  const answer = await session.value(sql, own.task, own.fence, version, pages);
  assertAnswer('open_volume', answer, task !== undefined);
  if (task !== undefined) pinVersion(world, task, version, pages);
}

function pinVersion(world: World, task: Task, version: string, pages: number): void {
  if (task.inputVersion !== version)
    world.parts = world.parts.filter((part) => part.task !== task.id);
  task.inputVersion = version;
  task.pages = pages;
  task.size = Math.max(task.size, pages);
  for (const other of world.tasks.values()) {
    const waits = other.state === 'ready' || other.state === 'blocked';
    if (other.volume === task.volume && waits && other.size === 0) other.size = pages;
  }
}

export const commitPart = hold.map((choice) =>
  command(`commit a part of ${show(choice)}`, {
    applies: hasHolds,
    async run(world, session) {
      const own = chooseHold(world, choice);
      const { task: id, fence } = own;
      const task = heldTask(world, own);
      // No pages are read of a volume that was not opened.
      if (task?.inputVersion === null)
        await open(world, session, own, { version: 'v1', pages: 40 });
      const number = world.parts.filter((part) => part.task === id).length;
      const part = {
        number,
        firstPage: number * 3,
        pages: 3,
        failed: 0,
        key: 'k',
        bytes: 1,
        sha256: 'x',
      };
      const answer = await session.value(
        'select fleet.commit_part($1, $2, $3)',
        id,
        fence,
        JSON.stringify(part),
      );
      assertAnswer('commit_part', answer, task !== undefined);
      if (task !== undefined) world.parts.push({ task: id, number, fence });
    },
  }),
);

export const confirm = hold.map((choice) =>
  command(`confirm ${show(choice)}`, {
    applies: hasHolds,
    async run(world, session) {
      const own = chooseHold(world, choice);
      const answer = await session.value(
        'select fleet.confirm($1, $2, $3)',
        own.worker,
        own.task,
        own.fence,
      );
      assertAnswer('confirm', answer, ownTask(world, own) !== undefined);
      const worker = world.workers.get(own.worker);
      if (answer !== true || worker === undefined) return;
      beatLease(world, worker);
      if (!isLive(world, worker)) throw new Error('a confirmed lease is not live');
    },
  }),
);

/** What of a batch the worker that sends it may still end. */
function ownTasks(world: World, worker: number, batch: readonly Hold[]): Task[] {
  const own = batch.flatMap((each) => ownTask(world, { ...each, worker }) ?? []);
  return [...new Set(own)].toSorted((a, b) => a.id - b.id);
}

export const complete = fc
  .tuple(fc.array(hold, { minLength: 1, maxLength: 4 }), fc.constantFrom(undefined, 3, 7))
  .map(([choices, pages]) =>
    command(`complete ${choices.map(show).join(', ')}`, {
      applies: hasHolds,
      async run(world, session) {
        const batch = choices.map((each) => chooseHold(world, each));
        const worker = batch[0]?.worker ?? 0;
        const figures = { pages, failed: 1 };
        const ended = await session.value<number[]>(
          `select coalesce(json_agg(c order by c), '[]') from fleet.complete($1, $2, $3, $4::text[]::jsonb[]) c`,
          worker,
          batch.map((each) => each.task),
          batch.map((each) => each.fence),
          batch.map(() => JSON.stringify(figures)),
        );
        const own = ownTasks(world, worker, batch);
        assertAnswer(
          'complete',
          ended,
          own.map((task) => task.id),
        );
        completeTasks(world, own, figures);
      },
    }),
  );

export const fail = fc
  .record({
    choice: hold,
    retryable: fc.constantFrom(true, true, false),
    delay: fc.constantFrom(undefined, 0, 5000),
  })
  .map(({ choice, retryable, delay }) =>
    command(
      `fail ${show(choice)}${retryable ? '' : ' for good'}, again after ${delay ?? 'a while'}`,
      {
        applies: hasHolds,
        async run(world, session) {
          const own = chooseHold(world, choice);
          const failure = { retryable, code: 'X', message: 'x', retryAfterMs: delay };
          const answer = await session.value(
            'select fleet.fail($1, $2, $3, $4)',
            own.worker,
            own.task,
            own.fence,
            JSON.stringify(failure),
          );
          const task = ownTask(world, own);
          if (task !== undefined) failTask(world, task, { outcome: 'failed', retryable, delay });
          // What it was in the moment of the failure, before a need that is not met any more blocks it.
          const state = task?.state === 'blocked' ? 'ready' : task?.state;
          assertAnswer('fail', answer, state ?? null);
        },
      },
    ),
  );

export const release = fc.array(hold, { minLength: 1, maxLength: 3 }).map((choices) =>
  command(`release ${choices.map(show).join(', ')}`, {
    applies: hasHolds,
    async run(world, session) {
      const batch = choices.map((each) => chooseHold(world, each));
      const worker = batch[0]?.worker ?? 0;
      const released = await session.value<number[]>(
        "select coalesce(json_agg(distinct r order by r), '[]') from fleet.release($1, $2, $3, 'test') r",
        worker,
        batch.map((each) => each.task),
        batch.map((each) => each.fence),
      );
      const own = ownTasks(world, worker, batch);
      assertAnswer(
        'release',
        released,
        own.map((task) => task.id),
      );
      for (const task of own) releaseTask(world, task);
    },
  }),
);
