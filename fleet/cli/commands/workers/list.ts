import { listWorkers, type WorkerListRow } from '../../../queue/queries/workers.ts';
import { createCommand, runCommand } from '../../command.ts';
import { formatAge, formatSeconds } from '../../output/durations.ts';
import { meaningOfState } from '../../output/states.ts';
import type { Column } from '../../output/table.ts';
import { withDatabase } from '../../with-database.ts';

export function workersListCommand() {
  return createCommand('list', [
    ['workers list', 'who is here'],
    ['workers list --all', 'and who was'],
  ])
    .description('list the workers')
    .option('--all', 'also those that left or were lost')
    .action((options) =>
      runCommand(options, (context) =>
        withDatabase(context, async (database) => {
          const workers = await listWorkers(database, { all: options.all ?? false });
          context.output.result(workers, (screen) =>
            workers.length === 0
              ? 'There are no workers. `fleet worker` starts one.'
              : screen.table(workers, columns),
          );
        }),
      ),
    );
}

const columns: readonly Column<WorkerListRow>[] = [
  { title: 'ID', value: (worker) => worker.id, align: 'right' },
  { title: 'NAME', value: (worker) => worker.name, cut: 'end' },
  { title: 'HOST', value: (worker) => worker.host, cut: 'end' },
  {
    title: 'STATE',
    value: (worker) => worker.state,
    meaning: (worker) => meaningOfState(worker.state),
  },
  { title: 'TASKS', value: (worker) => `${worker.running}/${worker.slots}`, align: 'right' },
  { title: 'PAGES', value: (worker) => worker.pages, align: 'right' },
  {
    title: 'LAST BEAT',
    value: (worker) => (worker.beat_age === null ? '' : `${formatSeconds(worker.beat_age)} ago`),
    align: 'right',
  },
  { title: 'STARTED', value: (worker) => formatAge(worker.started_at), align: 'right' },
  { title: 'STATUS', value: (worker) => worker.status_url ?? '' },
  { title: 'REASON', value: (worker) => worker.reason ?? '', cut: 'end' },
];
