import { stringify } from 'yaml';
import { showTask } from '../../../queue/queries/tasks.ts';
import { createCommand, runCommand } from '../../command.ts';
import { positiveNumber } from '../../parse.ts';
import { withDatabase } from '../../with-database.ts';

export function taskShowCommand() {
  return createCommand('show', [
    ['task show 42', 'its state, why it is not running, its committed parts and every attempt'],
    ['task show 42 --json | jq .attempts', 'how its attempts ended'],
  ])
    .description('show everything about one task, and why it is not running')
    .argument('<id>', 'number of the task', positiveNumber)
    .action((id, options) =>
      runCommand(options, (context) =>
        withDatabase(context, async (database) => {
          const task = await showTask(database, id);
          context.output.result(task, () => stringify(task).trimEnd());
        }),
      ),
    );
}
