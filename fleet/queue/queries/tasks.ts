import { FleetError } from '../../errors/fleet-error.ts';
import type { Database } from '../database.ts';
import { sqlQuery } from './load.ts';

export const taskStates = ['blocked', 'ready', 'running', 'done', 'dead', 'cancelled'] as const;
export type TaskState = (typeof taskStates)[number];

export interface TaskFilter {
  readonly job?: string | undefined;
  readonly states?: readonly TaskState[] | undefined;
  /** A part of the volume's URI. */
  readonly volume?: string | undefined;
  readonly limit: number;
  /** Only ids above this: the last of the page before. */
  readonly after?: number | undefined;
}

/** One line of `fleet task list`. bigint columns are decimal strings. */
export interface TaskListRow {
  readonly id: string;
  readonly job: string;
  readonly volume: string;
  readonly version: string;
  readonly rerun: number;
  readonly state: TaskState;
  readonly priority: number;
  readonly attempt: number;
  readonly failures: number;
  readonly pages: number | null;
  readonly pages_failed: number | null;
  readonly pages_committed: string | null;
  readonly run_at: Date;
  readonly claimed_at: Date | null;
  readonly finished_at: Date | null;
  readonly worker: string | null;
  readonly error_code: string | null;
  readonly error: string | null;
}

export async function listTasks(
  database: Database,
  filter: TaskFilter,
): Promise<readonly TaskListRow[]> {
  return database.query<TaskListRow & Record<string, unknown>>(sqlQuery('task_list'), [
    filter.job ?? null,
    filter.states ?? null,
    filter.volume ?? null,
    filter.limit,
    filter.after ?? null,
  ]);
}

/** Everything about one task as JSON: its row, why it is not running, parts, attempts. Throws `NOT_FOUND`. */
export async function showTask(
  database: Database,
  id: number,
): Promise<Readonly<Record<string, unknown>>> {
  const [row] = await database.query<{ task: Record<string, unknown> }>(sqlQuery('task_show'), [
    id,
  ]);
  if (row === undefined) {
    throw new FleetError('NOT_FOUND', `there is no task ${id}`, {
      remedy: '`fleet task list` shows the tasks.',
    });
  }
  return row.task;
}

/**
 * Cancels or sends back tasks, all or none. Throws `NOT_FOUND` when one does not exist, `REFUSED`
 * when its state does not allow it.
 */
export async function setTaskState(
  database: Database,
  ids: readonly number[],
  state: 'cancelled' | 'ready',
): Promise<readonly { readonly id: number; readonly state: TaskState }[]> {
  return database.transaction(async (client) => {
    const { rows } = await client.query<{ id: string; state: TaskState }>(
      'update fleet.task set state = $2 where id = any ($1) returning id, state',
      [ids, state],
    );
    const missing = ids.filter((id) => !rows.some((row) => Number(row.id) === id));
    if (missing.length > 0) {
      throw new FleetError(
        'NOT_FOUND',
        `there is no task ${missing.join(', ')}; nothing was changed`,
      );
    }
    return rows.map((row) => ({ id: Number(row.id), state: row.state }));
  });
}
