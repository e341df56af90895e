import { type JobListRow, listJobs } from '../../../queue/queries/jobs.ts';
import { createCommand, runCommand } from '../../command.ts';
import { formatSeconds } from '../../output/durations.ts';
import { meaningOfState } from '../../output/states.ts';
import type { Column } from '../../output/table.ts';
import { withDatabase } from '../../with-database.ts';

export function jobListCommand() {
  return createCommand('list', [
    ['job list', 'every job with its tasks by state, pages, rate and time left'],
    ["job list --json | jq '.[] | select(.dead > 0).job'", 'jobs with dead tasks'],
  ])
    .description('list the jobs and how far they are')
    .action((options) =>
      runCommand(options, (context) =>
        withDatabase(context, async (database) => {
          const jobs = await listJobs(database);
          context.output.result(jobs, (screen) =>
            jobs.length === 0
              ? 'There are no jobs. `fleet job create` makes one.'
              : screen.table(jobs, columns),
          );
        }),
      ),
    );
}

const columns: readonly Column<JobListRow>[] = [
  { title: 'JOB', value: (job) => job.job, cut: 'start' },
  { title: 'KIND', value: (job) => job.kind },
  { title: 'STATE', value: (job) => job.state, meaning: (job) => meaningOfState(job.state) },
  ...(['blocked', 'ready', 'running', 'done', 'dead', 'cancelled'] as const).map(
    (state): Column<JobListRow> => ({
      title: state.toUpperCase(),
      value: (job) => job[state],
      align: 'right',
      meaning: (job) => (job[state] === 0 ? 'quiet' : meaningOfState(state)),
    }),
  ),
  {
    title: 'PAGES',
    value: (job) =>
      job.pages === null ? String(job.pages_done) : `${job.pages_done}/${job.pages}`,
    align: 'right',
  },
  { title: 'PAGES/S', value: (job) => job.pages_per_second.toFixed(2), align: 'right' },
  {
    title: 'LEFT',
    value: (job) => (job.eta_seconds === null ? '–' : formatSeconds(job.eta_seconds)),
    align: 'right',
  },
];
