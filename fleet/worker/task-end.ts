import { FleetError } from '../errors/fleet-error.ts';
import type { Failure, Figures } from '../queue/protocol/finish.ts';
import type { RunningTask } from './running-task.ts';

/** How a run ended, and so what is to be told to the database. */
export type TaskEnd =
  | { readonly end: 'done'; readonly figures: Figures }
  | { readonly end: 'failed'; readonly failure: Failure; readonly error: unknown }
  /** Nothing went wrong with the task: the worker is leaving. */
  | { readonly end: 'interrupted'; readonly reason: string }
  /** Another has it, or an operator ended it: nothing is to be told. */
  | { readonly end: 'gone'; readonly why: 'lost' | 'cancelled' };

/** What an error of a run means. What ended the task from outside goes before what it threw. */
export function endOf(task: RunningTask, error: unknown): TaskEnd {
  const { ending } = task;
  if (ending === 'lost' || ending === 'cancelled') return { end: 'gone', why: ending };
  if (FleetError.is(error, 'LEASE_LOST')) return { end: 'gone', why: 'lost' };
  if (ending === 'interrupted' || FleetError.is(error, 'INTERRUPTED')) {
    return { end: 'interrupted', reason: error instanceof Error ? error.message : String(error) };
  }
  return { end: 'failed', failure: failureOf(task, error), error };
}

function failureOf(task: RunningTask, error: unknown): Failure {
  const known = error instanceof FleetError;
  return {
    retryable: known ? error.retryable || isOfThisMachine(error) : true,
    stage: task.stage,
    code: known ? error.code : 'INTERNAL',
    // Its pages would fail the next attempt before it began.
    discardParts: FleetError.is(error, 'TOO_MANY_PAGES_FAILED'),
    message: storable(error instanceof Error ? error.message : String(error)),
  };
}

/** Credentials and model files are a machine's own: where they are wrong, another one may do the task. */
function isOfThisMachine({ code }: FleetError): boolean {
  return ['STORE_DENIED', 'MODEL_NOT_FOUND', 'MODEL_DIGEST', 'KIND_UNKNOWN'].includes(code);
}

/** Postgres keeps no NUL in text and no half of a surrogate pair: a text cut in the middle has one. */
function storable(message: string): string {
  return message.toWellFormed().replaceAll('\0', '\\0');
}
