import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { validateParameters } from '../../kinds/registry.ts';
import { sampleVolumes } from '../../local/samples.ts';
import { type LocalWorkers, startLocalWorkers } from '../../local/worker-processes.ts';
import type { Database } from '../../queue/database.ts';
import { migrate } from '../../queue/migrate/migrate.ts';
import { enqueue } from '../../queue/queries/enqueue.ts';
import { createJob, type JobListRow, jobSettings, listJobs } from '../../queue/queries/jobs.ts';
import { listPublished } from '../../queue/queries/published.ts';
import { volumeUri } from '../../volume/volume-uri.ts';
import { type CommandContext, createCommand, runCommand } from '../command.ts';
import { formatSeconds } from '../output/durations.ts';
import { collect, positiveNumber } from '../parse.ts';
import { firstLines, readPublished } from '../published.ts';
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
    .action((options) =>
      runCommand(options, (context) =>
        withDatabase(context, async (database, chosen) => {
          const { output, config, signal } = context;
          await migrate(database);
          await ensureJob(context, database, options.output);
          const samples = options.samples ? await sampleVolumes() : [];
          const added = await enqueue(
            database,
            'ocr',
            samples.map((volume) => ({ volume })),
          );
          if (options.samples) output.note(sampleSentence(samples.length, added.length));
          const begun = performance.now();
          if (!options.untilEmpty || (await openTasks(database)) > 0) {
            const workers = await startLocalWorkers({
              count: options.workers,
              databaseUrl: chosen.url,
              threads: options.threads ?? Math.ceil(availableParallelism() / options.workers),
              logDir: join(config.dataDir, 'log'),
              arguments: [
                ...(options.untilEmpty ? ['--until-empty'] : []),
                ...options.kinds.flatMap((module) => ['--kinds', module]),
              ],
              onRestart: (name, why) => output.note(`${name} ended with ${why}; starting another`),
            });
            output.note(
              `${options.workers} workers at work; their logs are in ${join(config.dataDir, 'log')}`,
            );
            output.note(
              `psql "${chosen.url}"   watch: fleet top   add work: fleet enqueue ocr FOLDER`,
            );
            await follow(context, database, { workers, untilEmpty: options.untilEmpty ?? false });
          }
          signal.throwIfAborted();
          const seconds = (performance.now() - begun) / 1000;
          await report(context, database, { samples, added: added.length, seconds });
        }),
      ),
    );
}

/** The job `ocr`; one that exists already is left as it is. */
async function ensureJob(
  { config, output }: CommandContext,
  database: Database,
  given: string | undefined,
): Promise<void> {
  const wanted = volumeUri(given ?? join(config.dataDir, 'artefacts'));
  const isNew = await createJob(database, {
    name: 'ocr',
    kind: 'ocr',
    parameters: await validateParameters('ocr', {}, []),
    output: wanted,
    needs: [],
    priority: 0,
    maxAttempts: 5,
    maxPageFailureRate: 0.05,
    labels: [],
    memoryMb: 0,
  });
  if (isNew || given === undefined) return;
  const { output: present } = await jobSettings(database, 'ocr');
  if (present !== wanted)
    output.note(`the job ocr exists and writes to ${present}, not to ${wanted}`);
}

function sampleSentence(samples: number, added: number): string {
  return added === 0
    ? `all ${samples} sample volumes are in the queue or were read before: nothing is done twice`
    : `enqueued ${added} of ${samples} sample volumes`;
}

/** Between two looks at the progress. */
const LOOK_MS = 250;

const open = ({ blocked, ready, running }: JobListRow): number => blocked + ready + running;

async function openTasks(database: Database): Promise<number> {
  return (await listJobs(database)).reduce((sum, job) => sum + open(job), 0);
}

/** Shows progress until the user stops it or, with `untilEmpty`, nothing is left to do. */
async function follow(
  { output, signal }: CommandContext,
  database: Database,
  { workers, untilEmpty }: { readonly workers: LocalWorkers; readonly untilEmpty: boolean },
): Promise<void> {
  const bar = output.progress('reading', 'pages');
  const following = new AbortController();
  const shown = show();
  try {
    await Promise.race([shown, workers.left, aborted(signal)]);
  } finally {
    following.abort();
    await workers.stop();
    await shown;
    bar.stop();
  }

  async function show(): Promise<void> {
    while (!following.signal.aborted) {
      const jobs = await listJobs(database);
      const sum = (count: (job: JobListRow) => number) =>
        jobs.reduce((total, job) => total + count(job), 0);
      const done = sum((job) => job.pages_done);
      bar.update(
        done,
        Math.max(
          done,
          sum((job) => job.pages ?? 0),
        ),
      );
      if (untilEmpty && sum(open) === 0) return;
      await delay(LOOK_MS, undefined, { signal: following.signal }).catch(() => undefined);
    }
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

async function report(
  { output, signal }: CommandContext,
  database: Database,
  run: { readonly samples: readonly string[]; readonly added: number; readonly seconds: number },
): Promise<void> {
  const volumes = await listPublished(database, 'ocr', run.samples);
  const read = await Promise.all(
    volumes.map(async (volume) => ({ ...volume, ...(await readPublished(volume.marker, signal)) })),
  );
  const document = {
    added: run.added,
    seconds: Math.round(run.seconds * 10) / 10,
    jobs: await listJobs(database),
    volumes: read.map(({ volume, folder, pages }) => ({
      volume,
      folder,
      pages: pages.map((page) => ({ name: page.name, ok: page.ok, text: page.text })),
    })),
  };
  output.result(document, (screen) =>
    [
      ...read.flatMap(({ folder, pages }) => [
        screen.paint('name', folder),
        ...pages.flatMap((page) => [
          screen.paint('heading', `  ${page.name}`),
          ...firstLines(page, 4).map((line) => `    ${line}`),
        ]),
      ]),
      run.added === 0
        ? 'Nothing was left to do.'
        : `Read ${read.reduce((sum, { pages }) => sum + pages.length, 0)} pages in ${formatSeconds(run.seconds)}.`,
    ].join('\n'),
  );
}
