import { FleetError } from '../../errors/fleet-error.ts';
import type { Database } from '../../queue/database.ts';
import { type NewTask, rerun } from '../../queue/queries/enqueue.ts';
import { jobSettings } from '../../queue/queries/jobs.ts';
import { type CommandContext, createCommand, runCommand } from '../command.ts';
import { enqueueAll, firstOf } from '../enqueue/enqueue-all.ts';
import { newTasks } from '../enqueue/sources.ts';
import { collect, positiveNumber, wholeNumber } from '../parse.ts';
import { withDatabase } from '../with-database.ts';

export function enqueueCommand() {
  return createCommand('enqueue', [
    ['enqueue ocr ~/scans/volume-1 s3://scans/W22084/I0886/', 'two volumes'],
    ['enqueue ocr --prefix s3://scans/W22084/', 'every folder below that holds page images'],
    ['enqueue ocr --file volumes.csv', 'a column volume, perhaps pages and version; - reads stdin'],
    ['enqueue ocr --prefix ~/scans --dry-run', 'only show what would be added'],
    ['enqueue ocr ~/scans/volume-1 --force', 'once more, as a new version'],
  ])
    .description('add volumes to a job; those that it has already are skipped')
    .argument('<job>', 'name of the job')
    .argument('[volume...]', 'volumes: folders or s3://bucket/prefix/')
    .option('--file <csv>', 'volumes from a CSV file; may be given several times', collect, [])
    .option('--prefix <uri>', 'look for volumes below; may be given several times', collect, [])
    .option('--priority <n>', 'higher goes first within the job', wholeNumber, 0)
    .option('--limit <n>', 'at most so many volumes', positiveNumber)
    .option('--dry-run', 'only show what would be enqueued')
    .option('--force', 'read the volumes again as new versions, whatever became of them')
    .action((job, volumes, options) =>
      runCommand(options, async (context) => {
        const sources = { volumes, files: options.file, prefixes: options.prefix };
        if (Object.values(sources).every((given) => given.length === 0)) {
          throw new FleetError('USAGE', 'no volume was given', {
            remedy: 'Name volumes, or give --file or --prefix.',
          });
        }
        const found = newTasks(sources, context.signal);
        const tasks = options.limit === undefined ? found : firstOf(found, options.limit);
        await withDatabase(context, async (database) => {
          await jobSettings(database, job);
          if (options.dryRun) await show(context, job, tasks);
          else if (options.force) await force(context, database, job, tasks);
          else await add(context, database, { job, tasks, priority: options.priority });
        });
      }),
    );
}

async function show(
  { output }: CommandContext,
  job: string,
  tasks: AsyncIterable<NewTask>,
): Promise<void> {
  const volumes = (await Array.fromAsync(tasks)).map(({ volume }) => volume);
  output.result({ job, volumes }, () =>
    volumes.length === 0 ? 'No volume was found.' : volumes.join('\n'),
  );
  output.note(`${volumes.length} volumes; nothing was enqueued`);
}

async function force(
  { output }: CommandContext,
  database: Database,
  job: string,
  tasks: AsyncIterable<NewTask>,
): Promise<void> {
  const volumes = (await Array.fromAsync(tasks)).map(({ volume }) => volume);
  const ids = await rerun(database, job, volumes);
  output.result(
    { job, tasks: ids },
    () => `enqueued ${ids.length} volumes of ${job} as new versions`,
  );
}

async function add(
  { output, signal }: CommandContext,
  database: Database,
  work: { readonly job: string; readonly tasks: AsyncIterable<NewTask>; readonly priority: number },
): Promise<void> {
  const bar = output.progress('enqueueing', 'volumes');
  const totals = await enqueueAll(database, work.job, work.tasks, {
    priority: work.priority,
    signal,
    onProgress: ({ found, added }) => bar.update(added, found),
  });
  bar.stop();
  output.result({ job: work.job, ...totals }, () => sentence(work.job, totals));
}

function sentence(
  job: string,
  { found, added, skipped }: { found: number; added: number; skipped: number },
): string {
  if (found === 0) return 'No volume was found; nothing was enqueued.';
  const before = skipped === 0 ? '' : `; ${skipped} were there already`;
  return `enqueued ${added} ${added === 1 ? 'volume' : 'volumes'} for ${job}${before}`;
}
