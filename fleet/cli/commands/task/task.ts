import { createGroup } from '../../command.ts';
import { taskListCommand } from './list.ts';
import { taskShowCommand } from './show.ts';
import { taskCancelCommand, taskRetryCommand } from './steer.ts';

export function taskCommand() {
  return createGroup(
    'task',
    'list, show, cancel and retry tasks: one job on one volume',
    [
      ['task list --state dead', 'what ended badly'],
      ['task show 42', 'everything about one, and why it is not running'],
    ],
    [taskListCommand(), taskShowCommand(), taskCancelCommand(), taskRetryCommand()],
  );
}
