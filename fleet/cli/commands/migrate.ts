import { migrate } from '../../queue/migrate/migrate.ts';
import { createCommand, runCommand } from '../command.ts';
import { withDatabase } from '../with-database.ts';

export function migrateCommand() {
  return createCommand('migrate', [
    ['migrate', 'install or upgrade the schema of the embedded database'],
    ['migrate --json', 'the same, for a script'],
  ])
    .description('install the schema in the database, or bring it up to date')
    .action((options) =>
      runCommand(options, (context) =>
        withDatabase(context, async (database) => {
          const result = await migrate(database);
          context.output.result(result, (_screen, { applied, functionsReplaced, version }) =>
            [
              ...applied.map((step) => `applied ${step.version} ${step.name}`),
              ...(functionsReplaced ? ['replaced functions, views and grants'] : []),
              `The schema is at version ${version}.`,
            ].join('\n'),
          );
        }),
      ),
    );
}
