import { Command, type CommandUnknownOpts } from '@commander-js/extra-typings';
import { codeVersion } from '../worker/code-version.ts';
import { doctorCommand } from './commands/doctor.ts';
import { enqueueCommand } from './commands/enqueue.ts';
import { errorsCommand } from './commands/errors.ts';
import { jobCommand } from './commands/job/job.ts';
import { migrateCommand } from './commands/migrate.ts';
import { modelsCommand } from './commands/models.ts';
import { redriveCommand } from './commands/redrive.ts';
import { runVolumeCommand } from './commands/run.ts';
import { taskCommand } from './commands/task/task.ts';
import { topCommand } from './commands/top.ts';
import { upCommand } from './commands/up.ts';
import { workerCommand } from './commands/worker.ts';
import { workersCommand } from './commands/workers/workers.ts';

/** In the order of `fleet --help`. */
const commands: readonly (() => CommandUnknownOpts)[] = [
  upCommand,
  migrateCommand,
  doctorCommand,
  jobCommand,
  enqueueCommand,
  workerCommand,
  workersCommand,
  runVolumeCommand,
  topCommand,
  taskCommand,
  errorsCommand,
  redriveCommand,
  modelsCommand,
];

/** The whole command line. It throws `CommanderError` instead of ending the process. */
export function createProgram(): CommandUnknownOpts {
  const program: CommandUnknownOpts = new Command('fleet')
    .description(
      'Reads digital libraries with local models: workers that are all peers claim scanned volumes from Postgres.',
    )
    .version(codeVersion(), '-V, --version', 'print the version')
    .addHelpText('after', surroundings);
  for (const create of commands) program.addCommand(create());
  harmonise(program);
  return program;
}

const surroundings = `
Environment:
  DATABASE_URL or the libpq variables (PGHOST …)  the database; with neither, the embedded one
  DATABASE_URL_FILE                               a file that holds it, for credentials
  FLEET_DATA_DIR, FLEET_CACHE_DIR                 folders of the embedded database, of models
  FLEET_LOG_LEVEL                                 trace, debug, info, warn, error, fatal, silent
  AWS_…                                           the usual variables of the AWS SDK

Exit codes: 0 done, 1 failed, 2 wrong call, 130 interrupted.`;

/** Commander hands these settings only to commands that it made itself. */
function harmonise(command: CommandUnknownOpts): void {
  command.exitOverride().showHelpAfterError(`Run \`${pathOf(command)} --help\` for examples.`);
  command.helpCommand(false).configureHelp({ showGlobalOptions: false });
  for (const each of command.commands) harmonise(each);
}

function pathOf(command: CommandUnknownOpts): string {
  return command.parent ? `${pathOf(command.parent)} ${command.name()}` : command.name();
}
