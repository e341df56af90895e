import * as fc from 'fast-check';
import { leaseMs, registerWorkers } from '../reset.ts';
import type { Session } from '../session.ts';
import { assertRightClaim } from '../world/claimable.ts';
import { promote, recover, releaseTask } from '../world/transitions.ts';
import {
  heldTask,
  isLive,
  tasksWhere,
  workerKinds,
  type Worker,
  type World,
} from '../world/world.ts';
import { hold, index, show } from './arbitraries.ts';
import { assertAnswer, choose, chooseHold, command } from './command.ts';

const workerOf = (world: World, which: number): Worker =>
  choose([...world.workers.values()], which);

export const register = index.map((which) =>
  command(`register ${which % 2}`, {
    applies: (world) => world.workers.size < 6,
    run: (world, session) => registerWorkers(world, session, [choose(workerKinds, which)]),
  }),
);

interface Claimed {
  readonly task: number;
  readonly fence: number;
  readonly attempt: number;
  readonly parts: readonly unknown[];
}

const claimOptions = fc.tuple(index, fc.integer({ min: 1, max: 3 }), fc.boolean());

export const claim = claimOptions.map(([which, slots, fresh]) =>
  command(`claim ${which} for ${slots} slots${fresh ? ', nothing remembered' : ''}`, {
    async run(world, session) {
      if (fresh) await session.forgetFronts();
      const worker = workerOf(world, which);
      if (!isLive(world, worker)) {
        const sql = 'select count(*) from fleet.claim($1, $2)';
        assertAnswer('claim', await session.refusal(sql, worker.id, slots), 'FL001');
        return;
      }
      const claimed = await session.value<Claimed[]>(
        `select coalesce(json_agg(json_build_object('task', task, 'fence', fence, 'attempt', attempt,
           'parts', parts) order by fence), '[]') from fleet.claim($1, $2)`,
        worker.id,
        slots,
      );
      if (worker.state !== 'active') {
        assertAnswer(`claim of a ${worker.state} worker`, claimed, []);
        return;
      }
      promote(world);
      const tasks = new Set(claimed.map((each) => each.task));
      assertRightClaim(world, worker, { slots, tasks, fresh });
      for (const each of claimed) takeTask(world, worker, each);
    },
  }),
);

function takeTask(world: World, worker: Worker, claimed: Claimed): void {
  const task = world.tasks.get(claimed.task);
  if (task === undefined) throw new Error(`task ${claimed.task} came from nowhere`);
  const highest = world.holds.at(-1)?.fence ?? 0;
  if (claimed.fence <= highest) throw new Error(`fence ${claimed.fence} came after ${highest}`);
  task.state = 'running';
  task.worker = worker.id;
  task.fence = claimed.fence;
  task.attempt += 1;
  world.holds.push({ worker: worker.id, task: task.id, fence: claimed.fence });
  const parts = world.parts.filter((part) => part.task === task.id).length;
  assertAnswer('claim', [claimed.attempt, claimed.parts.length], [task.attempt, parts]);
}

interface Beat {
  readonly state: string;
  readonly unbroken: boolean | null;
  readonly lost: readonly number[];
  readonly cancelled: readonly number[];
}

export const heartbeat = fc.tuple(index, fc.array(hold, { maxLength: 3 })).map(([which, choices]) =>
  command(`heartbeat ${which} of ${choices.map(show).join(', ')}`, {
    async run(world, session) {
      const worker = workerOf(world, which);
      const holds = world.holds.length === 0 ? [] : choices.map((each) => chooseHold(world, each));
      const beat = await session.value<Beat>(
        'select row_to_json(b) from fleet.heartbeat($1, $2, $3, 0) b',
        worker.id,
        holds.map((each) => each.task),
        holds.map((each) => each.fence),
      );
      beatLease(world, worker);
      const gone = holds.filter((each) => heldTask(world, each) === undefined);
      const isCancelled = (each: (typeof holds)[number]): boolean => {
        const task = world.tasks.get(each.task);
        return task?.state === 'cancelled' && task.fence === each.fence;
      };
      const lease = worker.lease;
      assertAnswer(
        'heartbeat',
        [beat.state, beat.unbroken, ascending(beat.lost), ascending(beat.cancelled)],
        [
          lease === undefined ? 'unknown' : worker.state,
          lease === undefined ? null : lease.since <= world.clock - lease.ttl,
          ascending(gone.filter((each) => !isCancelled(each)).map((each) => each.task)),
          ascending(gone.filter(isCancelled).map((each) => each.task)),
        ],
      );
    },
  }),
);

function ascending(ids: readonly number[]): number[] {
  return ids.toSorted((a, b) => a - b);
}

/** Renews a lease that is there; one that ran out begins anew. */
export function beatLease(world: World, { lease }: Worker): void {
  if (lease === undefined) return;
  if (lease.expiresAt < world.clock) lease.since = world.clock;
  lease.expiresAt = world.clock + leaseMs;
}

/** Time passes; mostly the workers beat all the while, now and then none does. */
export const advance = fc
  .record({
    ms: fc.constantFrom(1000, 12_000, leaseMs / 2, leaseMs, leaseMs + 1000, 3 * leaseMs),
    beating: fc.constantFrom(true, true, true, false),
  })
  .map(({ ms, beating }) =>
    command(`${ms / 1000} s pass${beating ? '' : ' without a beat'}`, {
      async run(world, session) {
        const step = beating ? leaseMs : ms;
        const end = world.clock + ms;
        while (world.clock < end) {
          world.clock = Math.min(world.clock + step, end);
          await session.setClock(world.clock, beating ? 'all' : undefined);
          if (!beating) continue;
          for (const worker of world.workers.values()) beatLease(world, worker);
        }
      },
    }),
  );

/**
 * All but one are silent for longer than a lease; that one sweeps after its first beat, when its own
 * lease is as new as after an outage, or after more.
 */
export const outlive = fc.tuple(index, fc.constantFrom(1, 3)).map(([which, beats]) =>
  command(`all but ${which} are silent, which beats ${beats} times and sweeps`, {
    async run(world, session) {
      const survivor = workerOf(world, which);
      for (let beat = 0; beat < beats; beat += 1) {
        world.clock += beat === 0 ? 2 * leaseMs : leaseMs;
        await session.setClock(world.clock, survivor.id);
        beatLease(world, survivor);
      }
      await runSweep(world, session, survivor);
    },
  }),
);

export const sweep = fc.tuple(index, fc.boolean()).map(([which, crowded]) =>
  command(`${crowded ? 'fold and ' : ''}sweep ${which}`, {
    async run(world, session) {
      if (crowded) {
        await session.value(
          "insert into fleet.tally select 'first', 'ready', 0, 0, 0 from generate_series(1, 510)",
        );
      }
      await runSweep(world, session, workerOf(world, which));
    },
  }),
);

async function runSweep(world: World, session: Session, worker: Worker): Promise<void> {
  const answer = await session.value<{ recovered: number; unblocked: number; workers: number }>(
    'select row_to_json(s) from fleet.sweep($1) s',
    worker.id,
  );
  const attempts = world.attempts.length;
  recover(world, worker);
  promote(world);
  const live = [...world.workers.values()].filter((each) => isLive(world, each)).length;
  assertAnswer(
    'sweep',
    [answer.recovered, answer.unblocked, answer.workers],
    [world.attempts.length - attempts, 0, live],
  );
}

export const deregister = index.map((which) =>
  command(`deregister ${which}`, {
    applies: (world) => [...world.workers.values()].some((worker) => worker.lease !== undefined),
    async run(world, session) {
      const present = [...world.workers.values()].filter((each) => each.lease !== undefined);
      const worker = choose(present, which);
      await session.value('select fleet.deregister($1, $2)', worker.id, 'test');
      for (const task of tasksWhere(world, (t) => t.worker === worker.id)) releaseTask(world, task);
      worker.lease = undefined;
      worker.state = 'stopped';
    },
  }),
);

export const steerWorker = fc
  .tuple(index, fc.constantFrom<Worker['state']>('active', 'active', 'paused', 'draining'))
  .map(([which, state]) =>
    command(`worker ${which} shall be ${state}`, {
      applies: (world) => [...world.workers.values()].some((worker) => worker.lease !== undefined),
      async run(world, session) {
        const present = [...world.workers.values()].filter((each) => each.lease !== undefined);
        const worker = choose(present, which);
        const sql = 'update fleet.worker set state = $2 where id = $1';
        await session.value(sql, worker.id, state);
        worker.state = state;
      },
    }),
  );
