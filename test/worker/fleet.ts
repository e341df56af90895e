import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { type Database, openDatabase } from '../../fleet/queue/database.ts';
import type { WorkerOptionsInput } from '../../fleet/worker/options.ts';
import { createDatabase } from '../harness/database.ts';
import { until } from '../harness/until.ts';
import { folderWith } from '../volume/folder.ts';

/** Beats and leases short enough for tests, long enough for a busy machine. */
export const quick = { beatMs: 400, leaseMs: 2_500, pollMinMs: 200, pollMaxMs: 1_000 } as const;

/** Workers of the tests have the rights of a worker and no more. */
const databaseRole = 'fleet_worker';
const kinds = [fileURLToPath(new URL('../fixtures/kinds/echo.mjs', import.meta.url))];

export interface TestFleet {
  readonly url: string;
  readonly database: Database;
  /** Folder under which artefacts are written. */
  readonly output: string;
  /** Creates job `echo`; columns of fleet.job over the defaults. */
  job(columns?: Readonly<Record<string, unknown>>): Promise<void>;
  /** Enqueues `count` volumes of `pages` pages; returns the tasks. */
  enqueue(count: number, pages: number): Promise<number[]>;
  worker(options?: Partial<WorkerOptionsInput>): WorkerProcess;
  rows<T extends Record<string, unknown>>(sql: string, ...values: unknown[]): Promise<T[]>;
  /** How many tasks are in each state. */
  states(): Promise<Record<string, number>>;
  /** Outcomes of the attempts at a task, in order. */
  outcomes(task: number): Promise<string[]>;
  /** `success.json` files in the output. */
  markers(): Promise<string[]>;
}

/** A log line of a worker. */
interface LogLine {
  readonly msg: string;
  readonly time: number;
  readonly level: number;
  readonly [field: string]: unknown;
}

export interface WorkerProcess {
  readonly process: ChildProcess;
  readonly name: string;
  readonly pid: number;
  readonly lines: readonly LogLine[];
  /** Waits for a log line with this message. */
  said(message: string): Promise<LogLine>;
  signal(name: NodeJS.Signals): void;
  /** The exit code, or the signal that ended it. */
  readonly ended: Promise<number | string>;
}

export async function testFleet(): Promise<TestFleet> {
  const created = await createDatabase();
  onTestFinished(() => created.drop());
  return fleetOn(created.url);
}

/** A fleet on a migrated database. */
export async function fleetOn(url: string): Promise<TestFleet> {
  const database = openDatabase({ url, applicationName: 'test', onError: () => undefined });
  onTestFinished(() => database.close());
  const output = await folderWith({});
  const cacheDir = await folderWith({});
  let workers = 0;
  const rows = <T extends Record<string, unknown>>(sql: string, ...values: unknown[]) =>
    database.query<T>(sql, values);
  return {
    url,
    database,
    output,
    rows,
    async job(columns = {}) {
      const row = { name: 'echo', kind: 'echo', output, ...columns };
      const names = Object.keys(row);
      await database.query(
        `insert into fleet.job (${names.join()}) values (${names.map((_, i) => `$${i + 1}`).join()})`,
        Object.values(row),
      );
    },
    async enqueue(count, pages) {
      const files = Array.from({ length: pages }, (_, page) => [`${page}.jpg`, `page ${page}`]);
      const folders = await Promise.all(
        Array.from({ length: count }, () => folderWith(Object.fromEntries(files))),
      );
      const tasks = await database.query<{ id: string }>(
        "insert into fleet.task (job, volume) select 'echo', unnest($1::text[]) returning id",
        [folders],
      );
      return tasks.map(({ id }) => Number(id));
    },
    worker(options = {}) {
      workers += 1;
      const name = `worker-${workers}`;
      return startWorker({
        databaseUrl: url,
        databaseRole,
        name,
        cacheDir,
        kinds,
        threads: 2,
        ...quick,
        ...options,
      });
    },
    async states() {
      const counts = await rows<{ state: string; count: number }>(
        'select state, count(*)::integer as count from fleet.task group by state',
      );
      return Object.fromEntries(counts.map(({ state, count }) => [state, count]));
    },
    async outcomes(task) {
      const attempts = await rows<{ outcome: string }>(
        'select outcome from fleet.attempt where task = $1 order by number',
        task,
      );
      return attempts.map(({ outcome }) => outcome);
    },
    async markers() {
      const files = await readdir(output, { recursive: true });
      return files
        .filter((file) => file.endsWith('success.json'))
        .map((file) => join(output, file));
    },
  };
}

const entry = fileURLToPath(new URL('./worker-process.ts', import.meta.url));

function startWorker(options: WorkerOptionsInput): WorkerProcess {
  const child = spawn(process.execPath, [entry, JSON.stringify(options)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines: LogLine[] = [];
  createInterface({ input: child.stdout }).on('line', (line) =>
    lines.push(JSON.parse(line) as LogLine),
  );
  const ended = once(child, 'exit').then(([code, signal]) => (code ?? signal) as number | string);
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  const name = options.name ?? '';
  return {
    process: child,
    name,
    pid: child.pid ?? 0,
    lines,
    ended,
    signal: (signal) => void child.kill(signal),
    said: (message) =>
      until(() => lines.find(({ msg }) => msg === message), {
        what: `${name} said "${message}"; it said ${lines.map(({ msg }) => msg).join(', ')}`,
      }),
  };
}
