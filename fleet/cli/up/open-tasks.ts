import type { Database } from '../../queue/database.ts';
import { type JobListRow, listJobs } from '../../queue/queries/jobs.ts';

/** Tasks of a job that have not ended. */
export function openTasksOf({ blocked, ready, running }: JobListRow): number {
  return blocked + ready + running;
}

/** Tasks of active jobs that have not ended, and of those that are paused. */
export async function countOpenTasks(
  database: Database,
): Promise<{ readonly active: number; readonly paused: number }> {
  const jobs = await listJobs(database);
  const count = (state: JobListRow['state']) =>
    jobs.filter((job) => job.state === state).reduce((sum, job) => sum + openTasksOf(job), 0);
  return { active: count('active'), paused: count('paused') };
}
