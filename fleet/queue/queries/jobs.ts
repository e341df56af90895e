import { FleetError } from '../../errors/fleet-error.ts';
import type { Database } from '../database.ts';
import { sqlQuery } from './load.ts';

/** What `fleet job create` writes; the other columns have their defaults. */
export interface NewJob {
  readonly name: string;
  readonly kind: string;
  readonly parameters: unknown;
  readonly output: string;
  readonly needs: readonly string[];
  readonly priority: number;
  readonly maxAttempts: number;
  readonly maxPageFailureRate: number;
  readonly labels: readonly string[];
  readonly memoryMb: number;
}

/** A row of `fleet.progress` with the job's priority and output. */
export interface JobListRow {
  readonly job: string;
  readonly kind: string;
  readonly state: 'active' | 'paused' | 'cancelled';
  readonly blocked: number;
  readonly ready: number;
  readonly running: number;
  readonly done: number;
  readonly dead: number;
  readonly cancelled: number;
  readonly pages_done: number;
  /** Known or estimated; null before the first volume was opened. */
  readonly pages: number | null;
  readonly pages_failed: number;
  readonly pages_per_second: number;
  readonly eta_seconds: number | null;
  readonly priority: number;
  readonly output: string;
}

/** What can be changed of a job; undefined leaves it. */
export interface JobChanges {
  readonly parameters?: unknown;
  readonly priority?: number | undefined;
  readonly maxAttempts?: number | undefined;
  readonly maxPageFailureRate?: number | undefined;
}

/** Creates a job, `false` when one of that name exists already. */
export async function createJob(database: Database, job: NewJob): Promise<boolean> {
  const rows = await database.query(
    `insert into fleet.job (name, kind, parameters, output, needs, priority, max_attempts,
       max_page_failure_rate, labels, memory_mb)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
     on conflict (name) do nothing returning name`,
    [
      job.name,
      job.kind,
      JSON.stringify(job.parameters),
      job.output,
      job.needs,
      job.priority,
      job.maxAttempts,
      job.maxPageFailureRate,
      job.labels,
      job.memoryMb,
    ],
  );
  return rows.length === 1;
}

export async function listJobs(database: Database): Promise<readonly JobListRow[]> {
  return database.query<JobListRow & Record<string, unknown>>(sqlQuery('job_list'));
}

/** Everything about one job as JSON. Throws `NOT_FOUND`. */
export async function showJob(
  database: Database,
  name: string,
): Promise<Readonly<Record<string, unknown>>> {
  const [row] = await database.query<{ job: Record<string, unknown> }>(sqlQuery('job_show'), [
    name,
  ]);
  return row?.job ?? notFound(name);
}

/** Pauses, resumes or cancels. Throws `NOT_FOUND`. */
export async function setJobState(
  database: Database,
  name: string,
  state: JobListRow['state'],
  reason?: string,
): Promise<void> {
  const rows = await database.query(
    'update fleet.job set state = $2, state_reason = $3 where name = $1 returning name',
    [name, state, reason ?? null],
  );
  if (rows.length === 0) {
    notFound(name);
  }
}

/** Kind, parameters and output of a job. Throws `NOT_FOUND`. */
export async function jobSettings(
  database: Database,
  name: string,
): Promise<{ readonly kind: string; readonly parameters: object; readonly output: string }> {
  const [row] = await database.query<{ kind: string; parameters: object; output: string }>(
    'select kind, parameters, output from fleet.job where name = $1',
    [name],
  );
  return row ?? notFound(name);
}

/** Throws `NOT_FOUND`. */
export async function updateJob(
  database: Database,
  name: string,
  changes: JobChanges,
): Promise<void> {
  const rows = await database.query(
    `update fleet.job set parameters = coalesce($2, parameters), priority = coalesce($3, priority),
       max_attempts = coalesce($4, max_attempts),
       max_page_failure_rate = coalesce($5, max_page_failure_rate)
     where name = $1 returning name`,
    [
      name,
      changes.parameters === undefined ? null : JSON.stringify(changes.parameters),
      changes.priority ?? null,
      changes.maxAttempts ?? null,
      changes.maxPageFailureRate ?? null,
    ],
  );
  if (rows.length === 0) notFound(name);
}

/** Deletes a job with its tasks; returns how many those were. Throws `NOT_FOUND`, `REFUSED`. */
export async function deleteJob(database: Database, name: string): Promise<number> {
  return database.transaction(async (client) => {
    const { rows: counts } = await client.query<{ tasks: string }>(
      'select count(*) as tasks from fleet.task where job = $1',
      [name],
    );
    const { rowCount } = await client.query('delete from fleet.job where name = $1', [name]);
    return rowCount === 0 ? notFound(name) : Number(counts[0]?.tasks);
  });
}

function notFound(name: string): never {
  throw new FleetError('NOT_FOUND', `there is no job ${name}`, {
    remedy: '`fleet job list` shows the jobs; `fleet job create` makes one.',
  });
}
