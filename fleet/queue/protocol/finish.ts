import type { Database } from '../database.ts';
import { toArrays, type Held } from './held.ts';

/** Figures of an attempt; `pages` and `failed` are read by SQL, the rest is for people. */
export type Figures = Readonly<Record<string, unknown>>;

export interface Completion extends Held {
  readonly figures: Figures;
}

export interface Failure {
  /** Would the same attempt succeed later? */
  readonly retryable: boolean;
  readonly stage: string;
  readonly code: string;
  readonly message: string;
  readonly figures?: Figures;
  /** True when the committed parts are what is wrong: the next attempt begins anew. */
  readonly discardParts?: boolean;
  /** Milliseconds; the job's back-off when left out. */
  readonly retryAfterMs?: number;
}

/** running → done. Returns the tasks that were still ours. */
export async function complete(
  database: Database,
  worker: number,
  completions: readonly Completion[],
): Promise<readonly number[]> {
  const { tasks, fences } = toArrays(completions);
  const rows = await database.call<{ complete: string }>(
    'fleet_complete',
    'select fleet.complete($1, $2, $3, $4::text[]::jsonb[])',
    [worker, tasks, fences, completions.map((each) => JSON.stringify(each.figures))],
  );
  return rows.map((row) => Number(row.complete));
}

/** running → ready or dead. Returns which, undefined when the task was not ours any more. */
export async function fail(
  database: Database,
  worker: number,
  held: Held,
  failure: Failure,
): Promise<'ready' | 'dead' | undefined> {
  const [row] = await database.query<{ fail: 'ready' | 'dead' | null }>(
    'select fleet.fail($1, $2, $3, $4)',
    [worker, held.task, held.fence, JSON.stringify(failure)],
  );
  return row?.fail ?? undefined;
}

/** running → ready at once, uncounted. Returns the tasks that were still ours. */
export async function release(
  database: Database,
  worker: number,
  held: readonly Held[],
  reason: string,
): Promise<readonly number[]> {
  const { tasks, fences } = toArrays(held);
  const rows = await database.query<{ release: string }>('select fleet.release($1, $2, $3, $4)', [
    worker,
    tasks,
    fences,
    reason,
  ]);
  return rows.map((row) => Number(row.release));
}
