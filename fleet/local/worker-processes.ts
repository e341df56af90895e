import { spawn, type ChildProcess } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { once } from 'node:events';
import { finished } from 'node:stream/promises';
import { makeFolder } from '../config/make-folder.ts';
import { packageRoot } from '../queue/package-root.ts';
import { pause } from '../queue/pause.ts';

export interface LocalWorkersOptions {
  readonly count: number;
  readonly databaseUrl: string;
  /** Reading threads of each. */
  readonly threads: number;
  /** Each worker's log goes to `{logDir}/{name}.log`. */
  readonly logDir: string;
  /** More arguments for `fleet worker`. */
  readonly arguments: readonly string[];
  /** Told when a worker died and another was started in its place. */
  onRestart(name: string, why: string): void;
}

/** Worker processes of this machine, started again when they die. */
export interface LocalWorkers {
  readonly names: readonly string[];
  /** Resolves when every worker has left by itself (`--until-empty`). */
  readonly left: Promise<void>;
  /** Asks all to leave and waits for it; those who do not within the grace time are killed. */
  stop(): Promise<void>;
  /** Those who are leaving are to hand back what they have at once. */
  hurry(): void;
}

/** A worker that dies at once, again and again, must not spin: doubling waits from the first. */
const FIRST_RESTART_MS = 500;
const LAST_RESTART_MS = 30_000;
/** Above the worker's own grace time, after which it leaves by itself. */
const KILL_AFTER_MS = 45_000;

export async function startLocalWorkers(options: LocalWorkersOptions): Promise<LocalWorkers> {
  await makeFolder(options.logDir);
  const stopping = new AbortController();
  const hurrying = new AbortController();
  const names = Array.from({ length: options.count }, (_, index) => `local-${index + 1}`);
  const kept = names.map((name) =>
    keepRunning(name, options, { stopping: stopping.signal, hurrying: hurrying.signal }),
  );
  const left = Promise.all(kept).then(() => undefined);
  return {
    names,
    left,
    async stop() {
      stopping.abort();
      await left;
    },
    hurry: () => hurrying.abort(),
  };
}

interface StopWishes {
  readonly stopping: AbortSignal;
  readonly hurrying: AbortSignal;
}

/** Runs one worker until it leaves well or all are stopped. */
async function keepRunning(
  name: string,
  options: LocalWorkersOptions,
  wishes: StopWishes,
): Promise<void> {
  const { stopping } = wishes;
  let wait = FIRST_RESTART_MS;
  while (!stopping.aborted) {
    const ended = await runOnce(name, options, wishes);
    if (ended === 'left' || stopping.aborted) {
      return;
    }
    options.onRestart(name, ended);
    await pause(wait, stopping);
    wait = Math.min(wait * 2, LAST_RESTART_MS);
  }
}

async function runOnce(
  name: string,
  options: LocalWorkersOptions,
  { stopping, hurrying }: StopWishes,
): Promise<string> {
  const child = spawnWorker(name, options);
  const log = createWriteStream(join(options.logDir, `${name}.log`), { flags: 'a' });
  child.stdout?.pipe(log, { end: false });
  child.stderr?.pipe(log, { end: false });
  const ask = () => askToLeave(child);
  const hurry = () => child.kill('SIGTERM');
  stopping.addEventListener('abort', ask, { once: true });
  hurrying.addEventListener('abort', hurry, { once: true });
  if (stopping.aborted) {
    ask();
  }
  try {
    const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
    return code === 0 ? 'left' : signal === null ? `exit code ${code}` : signal;
  } finally {
    stopping.removeEventListener('abort', ask);
    hurrying.removeEventListener('abort', hurry);
    log.end();
    await finished(log);
  }
}

function spawnWorker(name: string, options: LocalWorkersOptions): ChildProcess {
  const program = join(packageRoot, 'fleet', 'cli', 'bin.mjs');
  return spawn(
    process.execPath,
    [
      program,
      'worker',
      '--until-eof',
      '--name',
      name,
      '--threads',
      String(options.threads),
      ...options.arguments,
    ],
    {
      // A process group of its own: Ctrl-C is for this process to pass on. Should it be killed, the end of the
      // pipe tells the worker to leave.
      detached: true,
      stdio: ['pipe', 'pipe', 'pipe'],
      // The URL is a secret when it has a password: never among the arguments.
      env: {
        ...process.env,
        DATABASE_URL: options.databaseUrl,
        FLEET_DATABASE_ROLE: 'fleet_worker',
      },
    },
  );
}

function askToLeave(child: ChildProcess): void {
  child.kill('SIGTERM');
  const killing = setTimeout(() => child.kill('SIGKILL'), KILL_AFTER_MS);
  child.once('close', () => clearTimeout(killing));
}
