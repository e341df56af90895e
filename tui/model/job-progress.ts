import type { JobRow, TaskCounts } from './queries.ts';
import { type TaskState, taskStates } from './queries.ts';
import type { JobSnapshot } from './snapshot.ts';

/** Tasks that are to be done at all. */
function wanted(tasks: TaskCounts): number {
  return taskStates.reduce((sum, state) => sum + (state === 'cancelled' ? 0 : tasks[state]), 0);
}

export function outstanding({ blocked, ready, running }: TaskCounts): number {
  return blocked + ready + running;
}

export function toJobSnapshot(job: JobRow): JobSnapshot {
  const tasks = wanted(job.tasks);
  const pagesExpected =
    job.tasksSized === 0
      ? null
      : {
          pages: Math.round((job.pagesKnown * tasks) / job.tasksSized),
          exact: job.tasksSized >= tasks,
        };
  return { ...job, pagesExpected };
}

/** 0…1, by pages where they are known and by tasks otherwise. */
export function shareDone({ tasks, pagesDone, pagesExpected }: JobSnapshot): number {
  if (outstanding(tasks) === 0)
    return wanted(tasks) === 0 ? 0 : (tasks.done + tasks.dead) / wanted(tasks);
  if (pagesExpected === null || pagesExpected.pages === 0) return tasks.done / wanted(tasks);
  return Math.min(1, pagesDone / pagesExpected.pages);
}

/** Sums the tasks of all jobs. */
export function sumTasks(jobs: readonly JobRow[]): TaskCounts {
  const sum = (state: TaskState) => jobs.reduce((tasks, job) => tasks + job.tasks[state], 0);
  return {
    blocked: sum('blocked'),
    ready: sum('ready'),
    running: sum('running'),
    done: sum('done'),
    dead: sum('dead'),
    cancelled: sum('cancelled'),
  };
}

/** Until the last active job with work left is done; null when that cannot be told for one of them. */
export function fleetEta(jobs: readonly JobRow[]): number | null {
  const etas = jobs
    .filter(({ state, tasks }) => state === 'active' && outstanding(tasks) > 0)
    .map(({ etaSeconds }) => etaSeconds);
  if (etas.length === 0) return null;
  return etas.reduce((longest, eta) =>
    longest === null || eta === null ? null : Math.max(longest, eta),
  );
}
