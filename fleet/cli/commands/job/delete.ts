import { deleteJob } from '../../../queue/queries/jobs.ts';
import { createCommand, runCommand } from '../../command.ts';
import { withDatabase } from '../../with-database.ts';

export function jobDeleteCommand() {
  return createCommand('delete', [
    ['job delete old', 'the job and its tasks; their attempts stay as history, artefacts stay'],
  ])
    .description('delete a job that nothing runs of, with its tasks')
    .argument('<job>', 'name of the job')
    .action((name, options) =>
      runCommand(options, (context) =>
        withDatabase(context, async (database) => {
          const tasks = await deleteJob(database, name);
          context.output.result(
            { job: name, tasks },
            () => `deleted ${name} and ${tasks} tasks; their attempts are kept`,
          );
        }),
      ),
    );
}
