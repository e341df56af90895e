import type { LocalWorkers } from '../../local/worker-processes.ts';
import type { Database } from '../../queue/database.ts';
import { listJobs } from '../../queue/queries/jobs.ts';
import { listWorkers } from '../../queue/queries/workers.ts';
import { pause } from '../../queue/pause.ts';
import type { StopSignals } from '../../worker/stop-signals.ts';
import type { CommandContext } from '../command.ts';
import type { Progress } from '../output/progress.ts';
import { openTasksOf } from './open-tasks.ts';

export interface Following {
  readonly database: Database;
  readonly workers: LocalWorkers;
  readonly stops: StopSignals;
  /** Return when nothing is left to do. */
  readonly untilEmpty: boolean;
}

/** Between two looks at the progress. */
const LOOK_MS = 250;
/** Between two lines of progress where there is no terminal for a bar. */
const LINE_MS = 10_000;

/**
 * Shows progress until the user stops it or, with `untilEmpty`, nothing is left to do; then lets
 * the workers leave. A database that is away is waited for: the workers do so too.
 */
export async function follow({ output }: CommandContext, following: Following): Promise<void> {
  const { workers, stops } = following;
  const bar = output.progress('reading', 'pages');
  const ended = new AbortController();
  stops.drain.addEventListener('abort', () =>
    output.note('the workers finish or hand back their volumes; Ctrl-C again stops them at once'),
  );
  stops.abort.addEventListener('abort', () => workers.hurry());
  const shown = show(following, bar, ended.signal, (line) => output.note(line));
  try {
    await Promise.race([shown, workers.left, aborted(stops.drain)]);
  } finally {
    ended.abort();
    await workers.stop();
    await shown;
    bar.stop();
  }
}

async function show(
  { database, untilEmpty }: Following,
  bar: Progress,
  signal: AbortSignal,
  note: (line: string) => void,
): Promise<void> {
  let before: number | undefined;
  let lineAt = performance.now() + LINE_MS;
  let away = false;
  while (!signal.aborted) {
    try {
      const [jobs, present] = await Promise.all([
        listJobs(database),
        listWorkers(database, { all: false }),
      ]);
      const committed = jobs.reduce((sum, job) => sum + job.pages_done, 0);
      before ??= committed;
      // Workers count each page as it is read, the table when its part is committed.
      const live = before + present.reduce((sum, worker) => sum + Number(worker.pages), 0);
      const total = jobs.reduce((sum, job) => sum + (job.pages ?? 0), 0);
      const done = Math.max(committed, Math.min(live, total));
      bar.update(done, Math.max(done, total));
      if (!process.stderr.isTTY && performance.now() > lineAt) {
        note(`${done} of ${Math.max(done, total)} pages`);
        lineAt = performance.now() + LINE_MS;
      }
      away = false;
      const open = jobs.filter(({ state }) => state === 'active').map(openTasksOf);
      if (untilEmpty && open.every((tasks) => tasks === 0)) return;
    } catch (error) {
      if (!away) note(`waiting for the database: ${(error as Error).message}`);
      away = true;
    }
    await pause(LOOK_MS, signal);
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
