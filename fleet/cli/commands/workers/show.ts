import { stringify } from 'yaml';
import { showWorker } from '../../../queue/queries/workers.ts';
import { createCommand, runCommand } from '../../command.ts';
import { withDatabase } from '../../with-database.ts';

export function workersShowCommand() {
  return createCommand('show', [
    ['workers show 7', 'its lease, its tasks, how its attempts ended'],
    ['workers show spot-eu-1a --json', 'by name, for a script'],
  ])
    .description('show everything about one worker')
    .argument('<worker>', 'its number or its name')
    .action((worker, options) =>
      runCommand(options, (context) =>
        withDatabase(context, async (database) => {
          const row = await showWorker(database, worker);
          context.output.result(row, () => stringify(row).trimEnd());
        }),
      ),
    );
}
