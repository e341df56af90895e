import { complete, fail, type Failure, release } from '../queue/protocol/finish.ts';
import type { Logger } from 'pino';
import type { WorkerContext } from './context.ts';
import { persist } from './persist.ts';
import type { RunningTask } from './running-task.ts';
import type { TaskEnd } from './task-end.ts';

type Settling = Pick<WorkerContext, 'database' | 'deadline' | 'totals'>;

/**
 * Tells the database how a run ended, however long the database is away: the fence decides whether
 * it still counts. Throws only when Postgres refuses it for good or the worker's deadline is past.
 */
export async function settle(
  context: Settling,
  task: RunningTask,
  end: TaskEnd,
  log: Logger,
): Promise<void> {
  switch (end.end) {
    case 'done':
      return settleDone(context, task, end.figures, log);
    case 'failed':
      log.warn(
        { ...end.failure, ...(end.failure.code === 'INTERNAL' ? { err: end.error } : {}) },
        'the task failed',
      );
      return settleFailed(context, task, end.failure, log);
    case 'interrupted':
      return settleInterrupted(context, task, end.reason, log);
    case 'gone':
      log.info({ why: end.why }, 'the task is not ours any more');
  }
}

async function settleDone(
  context: Settling,
  task: RunningTask,
  figures: Record<string, unknown>,
  log: Logger,
): Promise<void> {
  task.stage = 'completing';
  const accepted = await repeat(context, log, () =>
    complete(context.database, task.worker, [{ ...task.claimed, figures }]),
  );
  if (accepted.length === 0) {
    log.info('the task was not ours any more when it was complete');
    return;
  }
  context.totals.countTask('done');
  const { timings: _, ...shown } = figures;
  log.info(shown, 'the task is done');
}

async function settleFailed(
  context: Settling,
  task: RunningTask,
  failure: Failure,
  log: Logger,
): Promise<void> {
  const state = await repeat(context, log, () =>
    fail(context.database, task.worker, task.claimed, failure),
  );
  if (state === undefined) {
    log.info('the task was not ours any more when it failed');
    return;
  }
  context.totals.countTask('failed');
  log.info({ state }, state === 'dead' ? 'the task is dead' : 'the task will be tried again');
}

async function settleInterrupted(
  context: Settling,
  task: RunningTask,
  reason: string,
  log: Logger,
): Promise<void> {
  const released = await repeat(context, log, () =>
    release(context.database, task.worker, [task.claimed], reason),
  );
  log.info(
    { reason },
    released.length > 0 ? 'the task was handed back' : 'the task was not ours any more',
  );
}

function repeat<T>(context: Settling, log: Logger, work: () => Promise<T>): Promise<T> {
  return persist(work, {
    signal: context.deadline,
    onTrouble: (error) => log.warn({ err: error }, 'how the task ended waits for the database'),
  });
}
