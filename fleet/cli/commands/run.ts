import { availableParallelism, tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { artefactLocation } from '../../artefact/location.ts';
import type { PageRow } from '../../artefact/page-row.ts';
import { FleetError } from '../../errors/fleet-error.ts';
import { validateParameters } from '../../kinds/registry.ts';
import { runVolume } from '../../pipeline/run-volume.ts';
import { jobSettings } from '../../queue/queries/jobs.ts';
import { openStore } from '../../store/open.ts';
import { openVolume } from '../../volume/open-volume.ts';
import { volumeUri } from '../../volume/volume-uri.ts';
import { codeVersion } from '../../worker/code-version.ts';
import { runLimits } from '../../worker/limits.ts';
import type { Readers } from '../../worker/run-worker.ts';
import { type CommandContext, createCommand, runCommand } from '../command.ts';
import { collect, parameter, positiveNumber } from '../parse.ts';
import { firstLines, readPublished } from '../published.ts';
import { openReaders } from '../readers.ts';
import { withDatabase } from '../with-database.ts';

export function runVolumeCommand() {
  return createCommand('run', [
    ['run ~/scans/volume-1 --job ocr', 'with the job’s kind and parameters'],
    [
      'run s3://scans/W22084/I0886/ --kind ocr --param min_confidence=0.5',
      'without any job or database',
    ],
    ['run ~/scans/volume-1 --job ocr --json | jq .pages', 'for a script'],
  ])
    .description('read one volume here and now, past the queue, for debugging')
    .argument('<volume>', 'a folder or s3://bucket/prefix/')
    .option('--job <job>', 'take kind and parameters of this job')
    .option('--kind <kind>', 'the kind, without a job')
    .option('--param <name=value>', 'a parameter; may be given several times', parameter, {})
    .option('--kinds <module>', 'a module with kinds of your own', collect, [])
    .option(
      '--output <uri>',
      'where the artefact goes',
      join(tmpdir(), `fleet-run-${userInfo().username}`),
    )
    .option('--threads <n>', 'reading threads', positiveNumber, availableParallelism())
    .option('--lines <n>', 'lines of text shown of each page', positiveNumber, 5)
    .action((volume, options) =>
      runCommand(options, async (context) => {
        const settings = await settingsOf(context, options);
        const { config, output } = context;
        const { threads, kinds } = options;
        const readers = await openReaders({ threads, kinds, cacheDir: config.cacheDir });
        try {
          const outcome = await read(context, {
            ...settings,
            volume: volumeUri(volume),
            output: volumeUri(options.output),
            readers,
          });
          const { folder, pages } = await readPublished(outcome.marker, context.signal);
          output.result({ ...outcome, folder, rows: pages.map(rowDocument) }, () =>
            [
              ...pages.flatMap((page) => [
                `${page.name}:`,
                ...firstLines(page, options.lines).map((line) => `  ${line}`),
              ]),
              `${outcome.pages} pages, ${outcome.failed} failed, ${outcome.lines} lines`,
              folder,
            ].join('\n'),
          );
        } finally {
          await readers.pool.close();
        }
      }),
    );
}

function rowDocument(page: PageRow) {
  const { name, frame, ok, width, height, rotation, warning, text } = page;
  const error = ok
    ? null
    : { stage: page.error_stage, type: page.error_type, message: page.error_message };
  return {
    name,
    frame,
    ok,
    width,
    height,
    rotation,
    lines: page.lines.length,
    text,
    warning,
    error,
  };
}

interface Settings {
  readonly kind: string;
  readonly parameters: unknown;
}

async function settingsOf(
  context: CommandContext,
  options: {
    readonly job?: string | undefined;
    readonly kind?: string | undefined;
    readonly param: Readonly<Record<string, unknown>>;
    readonly kinds: readonly string[];
  },
): Promise<Settings> {
  const { job, kind, param, kinds } = options;
  if (job !== undefined) {
    const settings = await withDatabase(context, (database) => jobSettings(database, job));
    const parameters = { ...settings.parameters, ...param };
    return {
      kind: settings.kind,
      parameters: await validateParameters(settings.kind, parameters, kinds),
    };
  }
  if (kind === undefined) {
    throw new FleetError('USAGE', 'neither --job nor --kind was given');
  }
  return { kind, parameters: await validateParameters(kind, param, kinds) };
}

interface Reading extends Settings {
  readonly volume: string;
  readonly output: string;
  readonly readers: Readers;
}

/** No lease, no parts in Postgres: nobody else knows of this run. */
async function read({ output, signal }: CommandContext, reading: Reading) {
  const { kind, parameters, readers } = reading;
  const bar = output.progress('reading', 'pages');
  const volume = await openVolume(reading.volume, { signal });
  const at = artefactLocation({
    output: reading.output,
    job: `run-${process.pid}-${Date.now()}`,
    volumeUri: volume.uri,
    volumeVersion: volume.version,
    configHash: '0'.repeat(64),
    rerun: 0,
  });
  const identity = {
    job: 'run',
    task: 0,
    attempt: 1,
    fence: '0',
    worker: 'run',
    codeVersion: codeVersion(),
  };
  try {
    return await runVolume({
      identity: { ...identity, configHash: '0'.repeat(64) },
      spec: { kind, parameters },
      columns: readers.kinds.get(kind)?.columns ?? [],
      volume,
      output: openStore(at),
      committed: [],
      pool: readers.pool,
      limits: runLimits(readers.pool.threads, { partPages: 64, partMs: 60_000 }),
      maxPageFailureRate: 1,
      commitPart: async () => undefined,
      confirmLease: async () => undefined,
      onProgress: ({ pagesDone, pagesTotal }) => bar.update(pagesDone, pagesTotal),
      onPage: () => undefined,
      signal,
    });
  } finally {
    bar.stop();
    volume.store.close();
  }
}
