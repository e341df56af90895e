import { once } from 'node:events';
import { chooseDatabase } from '../../local/choose-database.ts';
import { workerOptions } from '../../worker/options.ts';
import { runWorker } from '../../worker/run-worker.ts';
import { stopOnProcessSignals } from '../../worker/stop-signals.ts';
import { createCommand, runCommand } from '../command.ts';
import { collect, positiveNumber, wholeNumber } from '../parse.ts';
import { openReaders } from '../readers.ts';

export function workerCommand() {
  return createCommand('worker', [
    ['worker', 'one peer, until it is told to leave'],
    ['worker --slots 4 --threads 8 --label gpu', 'four volumes at a time on eight reading threads'],
    ['worker --until-empty', 'leaves when nothing is left that it could do'],
    ['worker --kinds ./my-kind.js', 'with a kind of your own'],
  ])
    .description('run one worker: claims volumes, reads them, publishes what it read')
    .option('--name <name>', 'shown everywhere (default: host name and process)')
    .option('--slots <n>', 'volumes at a time (default: 2)', positiveNumber)
    .option('--threads <n>', 'reading threads (default: one a core)', positiveNumber)
    .option(
      '--kinds <module>',
      'a module with kinds of your own; may be given several times',
      collect,
      [],
    )
    .option(
      '--label <label>',
      'offered to jobs that ask for it; may be given several times',
      collect,
      [],
    )
    .option(
      '--memory-mb <mb>',
      'offered to jobs that ask for it (default: the machine’s)',
      wholeNumber,
    )
    .option(
      '--grace-ms <ms>',
      'to finish or hand back when told to leave (default: 30000)',
      positiveNumber,
    )
    .option('--status-host <host>', 'address of the status endpoint (default: 127.0.0.1)')
    .option('--status-port <port>', 'its port; 0 takes a free one (default: 0)', wholeNumber)
    .option('--no-listen', 'only poll: for databases behind a transaction pooler')
    .option('--until-empty', 'leave when nothing is ready or running of what it could do')
    .option(
      '--until-eof',
      'leave when standard input ends: when the process that started it is gone',
    )
    .addHelpText(
      'after',
      `
The first SIGTERM or Ctrl-C lets it finish or hand back its volumes, the second makes it leave at once.
Every option but --until-eof can be set by a variable too: FLEET_NAME, FLEET_SLOTS, FLEET_THREADS, FLEET_LABELS … and
FLEET_STATUS_TOKEN, which a status endpoint on any address but loopback must have.`,
    )
    .action((options) =>
      runCommand(
        options,
        async ({ config, log, output, signal }) => {
          const stops = stopOnProcessSignals();
          const chosen = await chooseDatabase(config, signal);
          try {
            const given = workerOptions(
              {
                ...definedOptions(options),
                databaseUrl: chosen.url,
                cacheDir: config.cacheDir,
              },
              process.env,
            );
            const drain = options.untilEof
              ? AbortSignal.any([stops.drain, endOfInput()])
              : stops.drain;
            const report = await runWorker(given, {
              log,
              stops: { ...stops, drain },
              readers: await openReaders(given),
            });
            output.result(report, () => sentence(report));
            return report.healthy ? 0 : 1;
          } finally {
            stops.release();
            await chosen.release();
          }
        },
        { signals: 'own' },
      ),
    );
}

/** What was given on the command line; the rest comes from the environment. */
function definedOptions(options: {
  readonly name?: string | undefined;
  readonly slots?: number | undefined;
  readonly threads?: number | undefined;
  readonly kinds: readonly string[];
  readonly label: readonly string[];
  readonly memoryMb?: number | undefined;
  readonly graceMs?: number | undefined;
  readonly statusHost?: string | undefined;
  readonly statusPort?: number | undefined;
  readonly listen: boolean;
  readonly untilEmpty?: true | undefined;
}) {
  const { name, slots, threads, memoryMb, graceMs, statusHost, statusPort, untilEmpty } = options;
  return {
    name,
    slots,
    threads,
    memoryMb,
    graceMs,
    statusHost,
    statusPort,
    untilEmpty,
    kinds: options.kinds.length === 0 ? undefined : [...options.kinds],
    labels: options.label.length === 0 ? undefined : [...options.label],
    listen: options.listen ? undefined : false,
  };
}

function endOfInput(): AbortSignal {
  const ended = new AbortController();
  process.stdin.resume();
  // Waiting for the end of the input is no reason to stay.
  process.stdin.unref();
  void once(process.stdin, 'close').then(() => ended.abort('the end of its input'));
  return ended.signal;
}

function sentence(report: { reason: string; tasksDone: number; tasksFailed: number }): string {
  const { reason, tasksDone, tasksFailed } = report;
  return `left: ${reason}; ${tasksDone} volumes done, ${tasksFailed} failed`;
}
