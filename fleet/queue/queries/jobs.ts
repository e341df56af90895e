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

/** A row of `fleet.progress` with the job's priority and output. Counts are decimal strings. */
export interface JobListRow {
  readonly job: string;
  readonly kind: string;
  readonly state: 'active' | 'paused' | 'cancelled';
  readonly blocked: string;
  readonly ready: string;
  readonly running: string;
  readonly done: string;
  readonly dead: string;
  readonly cancelled: string;
  readonly pages_done: string;
  readonly pages: string | null;
  readonly pages_failed: string;
  readonly pages_per_second: string;
  readonly eta: unknown;
  readonly priority: number;
  readonly output: string;
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

function notFound(name: string): never {
  throw new FleetError('NOT_FOUND', `there is no job ${name}`, {
    remedy: '`fleet job list` shows the jobs; `fleet job create` makes one.',
  });
}
