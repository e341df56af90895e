import { listTrouble, type TroubleRow } from '../../queue/queries/trouble.ts';
import { createCommand, runCommand } from '../command.ts';
import { formatAge } from '../output/durations.ts';
import type { Column } from '../output/table.ts';
import { positiveNumber } from '../parse.ts';
import { withDatabase } from '../with-database.ts';

export function errorsCommand() {
  return createCommand('errors', [
    ['errors', 'failed and lost attempts grouped by cause'],
    ["errors --job ocr --since '1 hour'", 'of one job, lately'],
  ])
    .description('show what goes wrong, grouped by cause, with an example each')
    .option('--job <job>', 'of this job only')
    .option('--since <interval>', "as Postgres writes intervals: '1 hour', '2 days'")
    .option('--limit <n>', 'at most so many causes', positiveNumber, 50)
    .action((options) =>
      runCommand(options, (context) =>
        withDatabase(context, async (database) => {
          const trouble = await listTrouble(database, options);
          context.output.result(trouble, (screen) =>
            trouble.length === 0 ? 'No attempt failed.' : screen.table(trouble, columns),
          );
        }),
      ),
    );
}

const columns: readonly Column<TroubleRow>[] = [
  { title: 'JOB', value: (row) => row.job },
  { title: 'CODE', value: (row) => row.code ?? '', meaning: () => 'bad' },
  { title: 'STAGE', value: (row) => row.stage ?? '' },
  { title: 'ATTEMPTS', value: (row) => row.attempts, align: 'right' },
  { title: 'TASKS', value: (row) => row.tasks, align: 'right' },
  { title: 'LAST', value: (row) => formatAge(row.last), align: 'right' },
  { title: 'TASK', value: (row) => row.example_task, align: 'right' },
  { title: 'EXAMPLE', value: (row) => oneLine(row.example ?? ''), cut: 'end' },
];

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ');
}
