import { setTaskState } from '../../../queue/queries/tasks.ts';
import { type CommandContext, createCommand, runCommand } from '../../command.ts';
import { positiveNumber } from '../../parse.ts';
import { withDatabase } from '../../with-database.ts';

export function taskCancelCommand() {
  return createCommand('cancel', [['task cancel 42 43', 'running work stops within a heartbeat']])
    .description('cancel tasks that have not ended')
    .argument('<id...>', 'numbers of the tasks', collectIds, [])
    .action((ids, options) => runCommand(options, (context) => steer(context, ids, 'cancelled')));
}

export function taskRetryCommand() {
  return createCommand('retry', [
    ['task retry 42', 'dead or cancelled: from its last committed part, failures counted anew'],
  ])
    .description('send dead or cancelled tasks back')
    .argument('<id...>', 'numbers of the tasks', collectIds, [])
    .action((ids, options) => runCommand(options, (context) => steer(context, ids, 'ready')));
}

function collectIds(text: string, before: readonly number[]): readonly number[] {
  return [...before, positiveNumber(text)];
}

function steer(
  context: CommandContext,
  ids: readonly number[],
  state: 'cancelled' | 'ready',
): Promise<void> {
  return withDatabase(context, async (database) => {
    const changed = await setTaskState(database, ids, state);
    context.output.result(changed, () =>
      changed.map((task) => `task ${task.id} is ${task.state}`).join('\n'),
    );
  });
}
