import type { Database } from '../database.ts';

export interface SweepResult {
  /** False when another peer was sweeping at that moment. */
  readonly ran: boolean;
  readonly recovered: number;
  readonly promoted: number;
  readonly unblocked: number;
  /** Workers with a live lease. */
  readonly workers: number;
}

/** Does the fleet's chores (sql/functions/06_sweep.sql). */
export async function sweep(database: Database, worker: number): Promise<SweepResult> {
  const [row] = await database.query<SweepResult & { [column: string]: unknown }>(
    'select ran, recovered, promoted, unblocked, workers from fleet.sweep($1)',
    [worker],
  );
  return row ?? { ran: false, recovered: 0, promoted: 0, unblocked: 0, workers: 1 };
}
