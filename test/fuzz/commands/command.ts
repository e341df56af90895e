import type * as fc from 'fast-check';
import { assertAsPredicted, assertInvariants } from '../compare.ts';
import type { Session } from '../session.ts';
import { takeSnapshot } from '../snapshot.ts';
import { tasksWhere, type Hold, type Task, type World } from '../world/world.ts';

export type FleetCommand = fc.AsyncCommand<World, Session>;

interface Behaviour {
  /** Is there anything to do it to? Always, when left out. */
  readonly applies?: (world: World) => boolean;
  /** Sends the statement, asserts its answer, changes the world. */
  readonly run: (world: World, session: Session) => Promise<void>;
}

/** A command after which the database must be as predicted. */
export function command(name: string, behaviour: Behaviour): FleetCommand {
  return {
    check: (world) => behaviour.applies?.(world) ?? true,
    async run(world, session) {
      await behaviour.run(world, session);
      const snapshot = await takeSnapshot(session);
      assertInvariants(world, snapshot);
      assertAsPredicted(world, snapshot);
    },
    toString: () => name,
  };
}

/** One after the other, if there still is anything to do the second to. */
export function inTurn(first: FleetCommand, second: FleetCommand): FleetCommand {
  return {
    check: (world) => first.check(world),
    async run(world, session) {
      await first.run(world, session);
      if (second.check(world)) await second.run(world, session);
    },
    toString: () => `${first.toString()}, then ${second.toString()}`,
  };
}

export function assertAnswer(what: string, actual: unknown, expected: unknown): void {
  const [found, wanted] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (found !== wanted) throw new Error(`${what} answered ${found} instead of ${wanted}`);
}

/** Which of something, chosen before it is known how many there are. */
export function choose<T>(all: readonly T[], index: number): T {
  const one = all[index % all.length];
  if (one === undefined) throw new Error('nothing to choose from');
  return one;
}

export interface HoldChoice {
  /**
   * `held`: of a task that runs now, its right one. `stale`: an old fence of a task that runs again, named
   * by the worker that runs it. `any`: one that ever was, most of them over.
   */
  readonly from: 'held' | 'stale' | 'any';
  readonly index: number;
  /** Named by a worker that never had it. */
  readonly stranger: boolean;
}

export const hasHolds = (world: World): boolean => world.holds.length > 0;

export function chooseHold(world: World, choice: HoldChoice): Hold {
  const hold = choose(candidates(world, choice.from), choice.index);
  const others = [...world.workers.keys()].filter((worker) => worker !== hold.worker);
  return choice.stranger && others.length > 0
    ? { ...hold, worker: choose(others, choice.index) }
    : hold;
}

/** Any that there are, when there are none such. */
function candidates(world: World, from: HoldChoice['from']): readonly Hold[] {
  const running = tasksWhere(world, (task) => task.state === 'running').flatMap(holdOf);
  const stale = running.flatMap(({ task, worker, fence }) =>
    world.holds
      .filter((hold) => hold.task === task && hold.fence !== fence)
      .map((hold) => ({ ...hold, worker })),
  );
  const wanted = from === 'held' ? running : from === 'stale' ? stale : [];
  return wanted.length > 0 ? wanted : world.holds;
}

function holdOf(task: Task): Hold[] {
  const { id, worker, fence } = task;
  return worker === null || fence === null ? [] : [{ worker, task: id, fence }];
}
