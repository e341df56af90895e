import { stringify } from 'yaml';
import { showJob } from '../../../queue/queries/jobs.ts';
import { createCommand, runCommand } from '../../command.ts';
import { withDatabase } from '../../with-database.ts';

export function jobShowCommand() {
  return createCommand('show', [
    ['job show ocr', 'its configuration, its state and how far it is'],
    ['job show ocr --json | jq .parameters', 'its parameters alone'],
  ])
    .description('show everything about one job')
    .argument('<job>', 'name of the job')
    .action((name, options) =>
      runCommand(options, (context) =>
        withDatabase(context, async (database) => {
          const job = await showJob(database, name);
          context.output.result(job, () => stringify(job).trimEnd());
        }),
      ),
    );
}
