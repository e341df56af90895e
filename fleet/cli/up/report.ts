import type { Database } from '../../queue/database.ts';
import { listJobs } from '../../queue/queries/jobs.ts';
import { listPublished } from '../../queue/queries/published.ts';
import type { CommandContext } from '../command.ts';
import { formatSeconds } from '../output/durations.ts';
import { firstLines, readPublished } from '../published.ts';
import { countOpenTasks, type OpenTasks } from './open-tasks.ts';

/** What one `fleet up` did. */
interface Run {
  readonly samples: readonly string[];
  /** Volumes that it enqueued. */
  readonly added: number;
  readonly seconds: number;
  /** False when it had nothing to start workers for. */
  readonly worked: boolean;
}

/** What was read, with the first lines of it; and what is still open. */
export async function report(
  { output, signal }: CommandContext,
  database: Database,
  run: Run,
): Promise<void> {
  const volumes = await listPublished(database, 'ocr', run.samples);
  const read = await Promise.all(
    volumes.map(async (volume) => ({ ...volume, ...(await readPublished(volume.marker, signal)) })),
  );
  const jobs = await listJobs(database);
  const open = countOpenTasks(jobs);
  const document = {
    added: run.added,
    seconds: Math.round(run.seconds * 10) / 10,
    open,
    jobs,
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
      closing(run, open),
    ].join('\n'),
  );
}

function closing({ seconds, worked }: Run, open: OpenTasks): string {
  const left = [
    open.active > 0 ? `${open.active} tasks are open` : '',
    open.paused > 0 ? `${open.paused} tasks of paused jobs wait` : '',
  ].filter((text) => text !== '');
  const did = worked ? `Done in ${formatSeconds(seconds)}.` : 'Nothing was left to do.';
  return left.length === 0 ? did : `${left.join(', ')}: fleet job list shows them.`;
}
