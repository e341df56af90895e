import type { Database } from '../../queue/database.ts';
import { enqueue, type NewTask } from '../../queue/queries/enqueue.ts';

export interface EnqueueTotals {
  /** Volumes that were found. */
  readonly found: number;
  /** Of those, new to the job. */
  readonly added: number;
  /** Of those, there already. */
  readonly skipped: number;
}

/** Large enough that a statement's own cost vanishes, small enough for a bar that moves. */
const BATCH = 5000;

/**
 * Enqueues what comes, a batch a statement. Interrupted it can be run again: what was added is
 * skipped then.
 */
export async function enqueueAll(
  database: Database,
  job: string,
  tasks: AsyncIterable<NewTask>,
  options: {
    readonly priority: number;
    readonly signal: AbortSignal;
    onProgress(totals: EnqueueTotals): void;
  },
): Promise<EnqueueTotals> {
  let totals: EnqueueTotals = { found: 0, added: 0, skipped: 0 };
  for await (const batch of batches(tasks, BATCH)) {
    options.signal.throwIfAborted();
    const added = (await enqueue(database, job, batch, options.priority)).length;
    totals = {
      found: totals.found + batch.length,
      added: totals.added + added,
      skipped: totals.skipped + batch.length - added,
    };
    options.onProgress(totals);
  }
  return totals;
}

async function* batches<T>(items: AsyncIterable<T>, size: number): AsyncGenerator<T[]> {
  let batch: T[] = [];
  for await (const item of items) {
    batch.push(item);
    if (batch.length < size) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

/** At most `limit` of them. */
export async function* firstOf<T>(items: AsyncIterable<T>, limit: number): AsyncGenerator<T> {
  let left = limit;
  if (left <= 0) return;
  for await (const item of items) {
    yield item;
    left -= 1;
    if (left === 0) return;
  }
}
