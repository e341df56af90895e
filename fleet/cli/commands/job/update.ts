import { FleetError } from '../../../errors/fleet-error.ts';
import { validateParameters } from '../../../kinds/registry.ts';
import { jobSettings, updateJob } from '../../../queue/queries/jobs.ts';
import { createCommand, runCommand } from '../../command.ts';
import { collect, parameter, positiveNumber, share, wholeNumber } from '../../parse.ts';
import { withDatabase } from '../../with-database.ts';

export function jobUpdateCommand() {
  return createCommand('update', [
    ['job update ocr --priority 10', 'before the application’s other jobs, from the next claim on'],
    [
      'job update ocr --param min_confidence=0.6',
      'what is read from now on goes to a new version folder',
    ],
  ])
    .description('change a job; running tasks keep what they started with')
    .argument('<job>', 'name of the job')
    .option(
      '--param <name=value>',
      'a parameter to change; may be given several times',
      parameter,
      {},
    )
    .option('--kinds <module>', 'a module with kinds of your own', collect, [])
    .option('--priority <n>', 'higher goes first among the application’s jobs', wholeNumber)
    .option('--max-attempts <n>', 'a task that failed so often is dead', positiveNumber)
    .option('--max-page-failure-rate <share>', 'a volume with more failed pages fails', share)
    .action((name, options) =>
      runCommand(options, (context) =>
        withDatabase(context, async (database) => {
          const before = await jobSettings(database, name);
          const isChanged = Object.keys(options.param).length > 0;
          const changes = {
            parameters: isChanged
              ? await validateParameters(
                  before.kind,
                  { ...before.parameters, ...options.param },
                  options.kinds,
                )
              : undefined,
            priority: options.priority,
            maxAttempts: options.maxAttempts,
            maxPageFailureRate: options.maxPageFailureRate,
          };
          if (Object.values(changes).every((value) => value === undefined)) {
            throw new FleetError('USAGE', 'nothing to change was given');
          }
          await updateJob(database, name, changes);
          context.output.result({ job: name, changes }, () => `updated ${name}`);
        }),
      ),
    );
}
