import { redrive, redrivable } from '../../queue/queries/redrive.ts';
import { createCommand, runCommand } from '../command.ts';
import { withDatabase } from '../with-database.ts';

export function redriveCommand() {
  return createCommand('redrive', [
    ['redrive ocr --dry-run', 'how many, and why they died'],
    ['redrive ocr', 'all dead tasks of the job, from their last committed part'],
    ['redrive ocr --cancelled', 'the cancelled ones too'],
  ])
    .description('send the dead tasks of a job back to work')
    .argument('<job>', 'name of the job')
    .option('--cancelled', 'also those that were cancelled')
    .option('--dry-run', 'only show what would go back')
    .action((job, options) =>
      runCommand(options, (context) =>
        withDatabase(context, async (database) => {
          const states = options.cancelled ? (['dead', 'cancelled'] as const) : (['dead'] as const);
          if (options.dryRun) {
            const groups = await redrivable(database, job, states);
            context.output.result(groups, (screen) =>
              groups.length === 0
                ? `${job} has nothing to send back.`
                : screen.table(groups, [
                    { title: 'STATE', value: (group) => group.state },
                    { title: 'TASKS', value: (group) => group.tasks, align: 'right' },
                    { title: 'CODE', value: (group) => group.code ?? '' },
                    { title: 'EXAMPLE', value: (group) => group.example ?? '', cut: 'end' },
                  ]),
            );
            return;
          }
          const tasks = await redrive(database, job, states);
          context.output.result({ job, tasks }, () => `${tasks} tasks of ${job} are ready again`);
        }),
      ),
    );
}
