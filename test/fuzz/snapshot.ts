import type { Session } from './session.ts';
import { epoch } from './world/world.ts';

/** All that the tables say, rows as arrays in the order of their keys. */
export interface Snapshot {
  readonly tasks: readonly TaskRow[];
  /** task, number, fence, worker, outcome */
  readonly attempts: readonly (readonly [number, number, number, number, string])[];
  /** task, number, fence */
  readonly parts: readonly (readonly [number, number, number])[];
  /** id, state, expires_at, since; nulls without a lease */
  readonly workers: readonly (readonly [number, string, number | null, number | null])[];
}

/** What fleet.progress says: job, blocked, ready, running, done, dead, cancelled, pages_known, tasks_sized. */
export type CountsRow = readonly [string, ...number[]];

export type TaskRow = readonly [
  id: number,
  job: string,
  volume: string,
  version: string,
  rerun: number,
  state: string,
  priority: number,
  size: number,
  due: boolean,
  failures: number,
  attempt: number,
  fence: number | null,
  worker: number | null,
  inputVersion: string | null,
  pages: number | null,
  pagesFailed: number | null,
  runAt: number,
];

const ms = (column: string): string =>
  `(extract(epoch from ${column} - '${epoch}'::timestamptz) * 1000)::double precision`;

const query = `select json_build_object(
  'tasks', (select coalesce(json_agg(json_build_array(id, job, volume, version, rerun, state, priority, size, due,
    failures, attempt, fence, worker, input_version, pages, pages_failed, ${ms('run_at')}) order by id), '[]')
    from fleet.task),
  'attempts', (select coalesce(json_agg(json_build_array(task, number, fence, worker, outcome)
    order by task, number), '[]') from fleet.attempt),
  'parts', (select coalesce(json_agg(json_build_array(task, number, fence) order by task, number), '[]')
    from fleet.part),
  'workers', (select json_agg(json_build_array(w.id, w.state, ${ms('l.expires_at')}, ${ms('l.since')}) order by w.id)
    from fleet.worker w left join fleet.lease l on l.worker = w.id))`;

const countsQuery = `select json_agg(json_build_array(job, blocked, ready, running, done, dead, cancelled,
  pages_known, tasks_sized) order by job collate "C") from fleet.progress`;

export function takeSnapshot(session: Session): Promise<Snapshot> {
  return session.value<Snapshot>(query);
}

export function readCounts(session: Session): Promise<CountsRow[]> {
  return session.value<CountsRow[]>(countsQuery);
}
