import * as fc from 'fast-check';
import * as attempt from './commands/attempt.ts';
import { inTurn, type FleetCommand } from './commands/command.ts';
import * as enqueue from './commands/enqueue.ts';
import * as lease from './commands/lease.ts';
import * as operator from './commands/operator.ts';
import { assertCounts } from './compare.ts';
import { prepare, reset } from './reset.ts';
import { openSession, type Session } from './session.ts';
import { readCounts } from './snapshot.ts';
import type { World } from './world/world.ts';

export interface Run {
  readonly seed: number;
  /** How many sequences. */
  readonly sequences: number;
  /** Where a reported failure lies, as its report says. */
  readonly path?: string | undefined;
  /** Called after each sequence with what became of it. */
  readonly onSequence?: (world: World) => void;
}

const TRUNCATE_EVERY = 300;
const MAX_COMMANDS = 26;

/** An attempt ends and the next begins: what makes fences old. */
const again = fc
  .tuple(fc.oneof(attempt.release, attempt.fail, operator.setTaskState), lease.claim)
  .map(([end, claim]) => inTurn(end, claim));

/** The work itself comes up more often than what operators do to it. */
const often: fc.Arbitrary<FleetCommand>[] = [
  enqueue.insertOne,
  enqueue.insertMany,
  lease.claim,
  again,
  again,
  lease.advance,
  lease.sweep,
  attempt.openVolume,
  attempt.complete,
  attempt.complete,
  attempt.fail,
];
const seldom: fc.Arbitrary<FleetCommand>[] = [
  lease.outlive,
  lease.heartbeat,
  lease.heartbeat,
  lease.register,
  lease.deregister,
  lease.steerWorker,
  attempt.commitPart,
  attempt.confirm,
  attempt.release,
  enqueue.rerun,
  enqueue.deleteTask,
  operator.setTaskState,
  operator.cancelWaiting,
  operator.setTaskPriority,
  operator.reschedule,
  operator.redrive,
  operator.setJobState,
  operator.setJobPriority,
  operator.setJobNeeds,
  operator.setParameters,
  operator.steerApplication,
];

/**
 * Runs random sequences of commands against the database at this URL, which is the run's own, and
 * throws fast-check's report (seed, path, the smallest sequence that it found) when one ends otherwise
 * than predicted.
 */
export async function runSequences(url: string, run: Run): Promise<void> {
  const session = await openSession(url);
  try {
    await prepare(session);
    await fc.assert(property(session, run), {
      seed: run.seed,
      numRuns: run.sequences,
      ...(run.path === undefined ? {} : { path: run.path }),
    });
  } finally {
    await session.close();
  }
}

function property(session: Session, run: Run): fc.IAsyncProperty<[Iterable<FleetCommand>]> {
  const sequences = fc.commands([...often, ...often, ...often, ...seldom], {
    maxCommands: MAX_COMMANDS,
    size: 'max',
    disableReplayLog: true,
  });
  let count = 0;
  return fc.asyncProperty(sequences, async (commands) => {
    const world = await reset(session, count % TRUNCATE_EVERY === 0);
    count += 1;
    await fc.asyncModelRun(() => ({ model: world, real: session }), commands);
    assertCounts(world, await readCounts(session));
    run.onSequence?.(world);
  });
}
