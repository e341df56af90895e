import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { sampleVolumes } from '../../local/samples.ts';
import { startLocalWorkers } from '../../local/worker-processes.ts';
import type { Database } from '../../queue/database.ts';
import { migrate } from '../../queue/migrate/migrate.ts';
import { enqueue } from '../../queue/queries/enqueue.ts';
import { listJobs } from '../../queue/queries/jobs.ts';
import { type StopSignals, stopOnProcessSignals } from '../../worker/stop-signals.ts';
import { type CommandContext, createCommand, runCommand } from '../command.ts';
import type { ExitCode } from '../exit-code.ts';
import { collect, positiveNumber } from '../parse.ts';
import { ensureJob } from '../up/ensure-job.ts';
import { follow } from '../up/follow.ts';
import { countOpenTasks } from '../up/open-tasks.ts';
import { report } from '../up/report.ts';
import { withDatabase } from '../with-database.ts';

export function upCommand() {
  return createCommand('up', [
    ['up', 'embedded Postgres, a job ocr and two workers, until Ctrl-C'],
    ['up --workers 4 --output s3://artefacts/', 'four workers, artefacts to S3'],
    ['up --samples --until-empty', 'reads the sample volumes and leaves'],
  ])
    .description('run a whole fleet on this machine')
    .option('--workers <n>', 'worker processes', positiveNumber, 2)
    .option('--threads <n>', 'reading threads of each (default: the cores, shared)', positiveNumber)
    .option('--output <uri>', 'where artefacts go (default: a folder in the data folder)')
    .option('--kinds <module>', 'a module with kinds of your own', collect, [])
    .option('--samples', 'enqueue the sample volumes')
    .option('--until-empty', 'leave when everything is read')
    .addHelpText(
      'after',
      '\nThe first Ctrl-C lets the workers finish or hand back their volumes, the second stops them at once.',
    )
    .action((options) =>
      runCommand(options, (context) => up(context, options), { signals: 'own' }),
    );
}

interface UpOptions {
  readonly workers: number;
  readonly threads?: number | undefined;
  readonly output?: string | undefined;
  readonly kinds: readonly string[];
  readonly samples?: true | undefined;
  readonly untilEmpty?: true | undefined;
}

async function up(context: CommandContext, options: UpOptions): Promise<ExitCode> {
  const stops = stopOnProcessSignals();
  try {
    await withDatabase(context, async (database, chosen) => {
      await migrate(database);
      await ensureJob(context, database, options.output);
      const samples = options.samples ? await sampleVolumes() : [];
      const added = options.samples ? await enqueueSamples(context, database, samples) : 0;
      const begun = performance.now();
      const worked = !options.untilEmpty || countOpenTasks(await listJobs(database)).active > 0;
      if (worked) await work(context, { database, stops, options, url: chosen.url });
      if (stops.drain.aborted) return;
      const seconds = (performance.now() - begun) / 1000;
      await report(context, database, { samples, added, seconds, worked });
    });
    return stops.drain.aborted ? 130 : 0;
  } finally {
    stops.release();
  }
}

async function enqueueSamples(
  { output }: CommandContext,
  database: Database,
  samples: readonly string[],
): Promise<number> {
  const tasks = samples.map((volume) => ({ volume }));
  const added = (await enqueue(database, 'ocr', tasks)).length;
  output.note(
    added === 0
      ? `all ${samples.length} sample volumes are in the queue or were read before: nothing is done twice`
      : `enqueued ${added} of ${samples.length} sample volumes`,
  );
  return added;
}

async function work(
  context: CommandContext,
  fleet: {
    readonly database: Database;
    readonly stops: StopSignals;
    readonly options: UpOptions;
    readonly url: string;
  },
): Promise<void> {
  const { output, config } = context;
  const { database, stops, options, url } = fleet;
  const logDir = join(config.dataDir, 'log');
  const workers = await startLocalWorkers({
    count: options.workers,
    databaseUrl: url,
    threads: options.threads ?? Math.ceil(availableParallelism() / options.workers),
    logDir,
    arguments: options.kinds.flatMap((module) => ['--kinds', module]),
    onRestart: (name, why) => output.note(`${name} ended with ${why}; starting another`),
  });
  const psql = config.database.kind === 'server' ? '$DATABASE_URL' : url;
  output.note(`${options.workers} workers at work; their logs are in ${logDir}`);
  output.note(`psql "${psql}"   watch: fleet top   add work: fleet enqueue ocr FOLDER`);
  await follow(context, { database, workers, stops, untilEmpty: options.untilEmpty ?? false });
}
