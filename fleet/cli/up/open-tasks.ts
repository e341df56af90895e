import type { JobListRow } from '../../queue/queries/jobs.ts';

/** Tasks of a job that have not ended. */
export function openTasksOf({ blocked, ready, running }: JobListRow): number {
  return blocked + ready + running;
}

/** By the state of their jobs. */
export interface OpenTasks {
  readonly active: number;
  readonly paused: number;
}

/** Tasks of active jobs that have not ended, and of those that are paused. */
export function countOpenTasks(jobs: readonly JobListRow[]): OpenTasks {
  const count = (state: JobListRow['state']) =>
    jobs.filter((job) => job.state === state).reduce((sum, job) => sum + openTasksOf(job), 0);
  return { active: count('active'), paused: count('paused') };
}
