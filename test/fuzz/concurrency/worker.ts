import { setTimeout as pass } from 'node:timers/promises';
import type { Database } from '../../../fleet/queue/database.ts';
import { claim, type ClaimedTask } from '../../../fleet/queue/protocol/claim.ts';
import { complete, fail, release } from '../../../fleet/queue/protocol/finish.ts';
import { confirmLease, recordOpened, recordPart } from '../../../fleet/queue/protocol/progress.ts';
import { deregister, register } from '../../../fleet/queue/protocol/register.ts';
import { sweep } from '../../../fleet/queue/protocol/sweep.ts';
import { FleetError } from '../../../fleet/errors/fleet-error.ts';
import type { History } from './history.ts';

const leaseMs = 250;

/**
 * A peer that works without any order: it forgets to beat, freezes for longer than its lease and goes
 * on, fails, hands back, leaves and comes again, until the signal. `random` gives [0, 1).
 */
export async function workWildly(
  database: Database,
  history: History,
  options: {
    readonly random: () => number;
    readonly signal: AbortSignal;
    readonly wild: () => boolean;
  },
): Promise<void> {
  const { random, signal, wild } = options;
  let worker = await enter(database);
  let held: ClaimedTask[] = [];
  const saved = new Set<string>();
  while (!signal.aborted) {
    const known = await beat(database, worker);
    if (!known || (wild() && random() < 0.02)) {
      if (known) await deregister(database, worker, 'test');
      worker = await enter(database);
    }
    await sweep(database, worker);
    const from = performance.now();
    const claimed = await unlessLost(() => claim(database, worker, 1 + Math.floor(random() * 4)));
    for (const task of claimed ?? []) history.claimed(task, from);
    held.push(...(claimed ?? []));
    // A zombie goes on with what it had.
    if (wild() && random() < 0.05) await pass(leaseMs * (1 + random()));
    for (const task of held) {
      await work({ database, history, worker, task, saved, chance: wild() ? random() : 1 });
    }
    held = wild() && random() < 0.3 ? held : [];
    await pass(random() * 10);
  }
  await deregister(database, worker, 'test');
}

function enter(database: Database): Promise<number> {
  const about = { name: 'w', host: 'test', pid: 1, version: 'test', kinds: ['test'], slots: 4 };
  const more = { labels: [], memoryMb: 0, statusUrl: undefined, info: {} };
  return register(database, { ...about, ...more }, leaseMs);
}

async function beat(database: Database, worker: number): Promise<boolean> {
  const [row] = await database.query<{ state: string }>(
    "select state from fleet.heartbeat($1, '{}', '{}', 0)",
    [worker],
  );
  return row?.state !== 'unknown';
}

interface Work {
  readonly database: Database;
  readonly history: History;
  readonly worker: number;
  readonly task: ClaimedTask;
  /** Fences whose part was sent. */
  readonly saved: Set<string>;
  /** Decides what becomes of it. */
  readonly chance: number;
}

async function work({ database, history, worker, task, saved, chance }: Work): Promise<void> {
  const accept = async (effect: () => Promise<boolean>): Promise<void> => {
    const from = performance.now();
    if ((await unlessLost(effect)) === true) history.accepted(task, from);
  };
  await accept(async () => {
    await recordOpened(database, task, { version: 'v1', pages: 3, bytes: 1 });
    return true;
  });
  if (chance < 0.1) return;
  if (chance < 0.2) {
    const failure = {
      retryable: chance < 0.15,
      stage: 'read',
      code: 'X',
      message: 'x',
      retryAfterMs: 0,
    };
    await accept(async () => (await fail(database, worker, task, failure)) !== undefined);
  } else if (chance < 0.3) {
    await accept(async () => (await release(database, worker, [task], 'test')).length === 1);
  } else {
    if (task.parts.length === 0 && !saved.has(task.fence)) {
      saved.add(task.fence);
      const part = {
        number: 0,
        firstPage: 0,
        pages: 3,
        failed: 0,
        key: 'k',
        bytes: 1,
        sha256: 'x',
      };
      await accept(async () => {
        await recordPart(database, task, { ...part, fence: task.fence });
        return true;
      });
    }
    await accept(async () => {
      await confirmLease(database, worker, task);
      return true;
    });
    const done = [{ ...task, figures: { pages: 3, failed: 0 } }];
    await accept(async () => (await complete(database, worker, done)).length === 1);
  }
}

/** Undefined when the lease was lost, or two writers met and one has to try again. */
async function unlessLost<T>(call: () => Promise<T>): Promise<T | undefined> {
  try {
    return await call();
  } catch (error) {
    // Unreachable is what a deadlock's loser is told as well.
    const expected = ['LEASE_LOST', 'DATABASE_UNREACHABLE'];
    if (error instanceof FleetError && expected.includes(error.code)) return undefined;
    throw error;
  }
}
