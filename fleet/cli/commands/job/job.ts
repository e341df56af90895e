import { createGroup } from '../../command.ts';
import { jobCreateCommand } from './create.ts';
import { jobDeleteCommand } from './delete.ts';
import { jobListCommand } from './list.ts';
import { jobShowCommand } from './show.ts';
import { jobCancelCommand, jobPauseCommand, jobResumeCommand } from './steer.ts';
import { jobUpdateCommand } from './update.ts';

export function jobCommand() {
  return createGroup(
    'job',
    'create, list and steer jobs: the configured types of work',
    [
      ['job create ocr --kind ocr --output ~/read', 'make one'],
      ['job list', 'how far are they?'],
    ],
    [
      jobCreateCommand(),
      jobListCommand(),
      jobShowCommand(),
      jobUpdateCommand(),
      jobPauseCommand(),
      jobResumeCommand(),
      jobCancelCommand(),
      jobDeleteCommand(),
    ],
  );
}
