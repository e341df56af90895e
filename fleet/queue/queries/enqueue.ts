import type { Database } from '../database.ts';
import { sqlQuery } from './load.ts';

/** A volume to be enqueued. */
export interface NewTask {
  /** Canonical URI: `s3://bucket/prefix/` or `file:///path/`. */
  readonly volume: string;
  /** Pages, when known: larger volumes are claimed first. */
  readonly size?: number | undefined;
  /** A particular version; the one that is found when left out. */
  readonly version?: string | undefined;
}

/**
 * Adds tasks in one statement (one wake-up for the whole fleet). Volumes that the job has already
 * are skipped; returns the URIs of the new ones.
 */
export async function enqueue(
  database: Database,
  job: string,
  tasks: readonly NewTask[],
  priority = 0,
): Promise<readonly string[]> {
  const rows = await database.query<{ volume: string }>(sqlQuery('enqueue'), [
    job,
    tasks.map((task) => task.volume),
    tasks.map((task) => task.size ?? 0),
    tasks.map((task) => task.version ?? ''),
    priority,
  ]);
  return rows.map((row) => row.volume);
}

/** Does volumes again as new versions, whatever became of them. Returns the new tasks' ids. */
export async function rerun(
  database: Database,
  job: string,
  volumes: readonly string[],
): Promise<readonly number[]> {
  const rows = await database.query<{ rerun: string }>(
    'select fleet.rerun($1, v) from unnest($2::text[]) as v',
    [job, volumes],
  );
  return rows.map((row) => Number(row.rerun));
}
