import { FleetError } from '../../errors/fleet-error.ts';
import type { Database } from '../database.ts';
import { sqlQuery } from './load.ts';

/** One line of `fleet workers list`. bigint columns are decimal strings. */
export interface WorkerListRow {
  readonly id: string;
  readonly name: string;
  readonly host: string;
  readonly pid: number;
  /** `silent`: its lease is over and nobody has swept it yet. */
  readonly state: 'active' | 'paused' | 'draining' | 'silent' | 'stopped' | 'lost';
  readonly reason: string | null;
  readonly version: string;
  readonly kinds: readonly string[];
  readonly labels: readonly string[];
  readonly slots: number;
  readonly running: string;
  readonly pages: string;
  /** Seconds since the last beat, by the database's clock. */
  readonly beat_age: number | null;
  readonly status_url: string | null;
  readonly started_at: Date;
  readonly stopped_at: Date | null;
}

export async function listWorkers(
  database: Database,
  options: { readonly all: boolean },
): Promise<readonly WorkerListRow[]> {
  return database.query<WorkerListRow & Record<string, unknown>>(sqlQuery('worker_list'), [
    options.all,
  ]);
}

/** Everything about one worker (by id or name) as JSON. Throws `NOT_FOUND`. */
export async function showWorker(
  database: Database,
  idOrName: string,
): Promise<Readonly<Record<string, unknown>>> {
  const [row] = await database.query<{ worker: Record<string, unknown> }>(sqlQuery('worker_show'), [
    idOrName,
  ]);
  if (row === undefined) {
    throw new FleetError('NOT_FOUND', `there is no worker ${idOrName}`, {
      remedy: '`fleet workers list --all` shows the workers, those that left among them.',
    });
  }
  return row.worker;
}

/** Tells workers of this id or name to leave; returns their names. Throws `NOT_FOUND`. */
export async function drainWorker(
  database: Database,
  idOrName: string,
  reason: string,
): Promise<readonly string[]> {
  const rows = await database.query<{ name: string }>(
    `update fleet.worker set state = 'draining', reason = $2
     where (id::text = $1 or name = $1) and state in ('active', 'paused', 'draining') returning name`,
    [idOrName, reason],
  );
  if (rows.length === 0) {
    throw new FleetError('NOT_FOUND', `there is no worker ${idOrName} at work`, {
      remedy: '`fleet workers list` shows who is here.',
    });
  }
  return rows.map((row) => row.name);
}
