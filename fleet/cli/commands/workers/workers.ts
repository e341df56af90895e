import { createGroup } from '../../command.ts';
import { workersDrainCommand } from './drain.ts';
import { workersListCommand } from './list.ts';
import { workersShowCommand } from './show.ts';

export function workersCommand() {
  return createGroup(
    'workers',
    'list, show and drain the workers',
    [['workers list', 'who is here, and what do they do?']],
    [workersListCommand(), workersShowCommand(), workersDrainCommand()],
  );
}
