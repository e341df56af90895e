import { setTimeout as sleep } from 'node:timers/promises';
import { Pool } from 'pg';
import { Logger, run, runMigrations, type RunnerOptions } from 'graphile-worker';
import { openDatabase, type Database } from '../../../fleet/queue/database.ts';
import type { Drainer, Queue } from '../queue/drain.ts';

/** Nothing said a task: otherwise it measures the log. */
process.env['NO_LOG_SUCCESS'] = '1';
export const silentLogger = new Logger(() => () => undefined);

const CONCURRENCY = 24;

/** The settings that its performance page recommends for short tasks. */
export const graphileBatched: Queue = {
  name: 'graphile-worker',
  open: (url) =>
    openGraphile(url, {
      concurrency: CONCURRENCY,
      preset: {
        worker: { localQueue: { size: 500 }, completeJobBatchDelay: 0, failJobBatchDelay: 0 },
      },
    }),
};

/** A claim and a completion a task. */
export const graphileSingly: Queue = {
  name: 'graphile-worker',
  open: (url) => openGraphile(url, { concurrency: CONCURRENCY }),
};

/** Its own way to add many jobs in one statement. */
export const FILL_GRAPHILE = `
  select count(*) from graphile_worker.add_jobs(array(
    select row('bench', json_build_object('n', n), null, null, null, null, null, null)::graphile_worker.job_spec
    from generate_series(1, $1::integer) n))`;

async function openGraphile(url: string, options: RunnerOptions): Promise<Drainer> {
  await runMigrations({ connectionString: url, logger: silentLogger });
  const database = openDatabase({ url, applicationName: 'graphile bench', size: 1 });
  const pool = openGraphilePool(url, CONCURRENCY);
  return {
    async fill(tasks) {
      await database.query(FILL_GRAPHILE, [tasks]);
    },
    drain: (tasks) => drain(database, { pgPool: pool, logger: silentLogger, ...options }, tasks),
    async close() {
      await database.close();
      await pool.end();
    },
  };
}

export function openGraphilePool(url: string, max: number): Pool {
  const pool = new Pool({ connectionString: url, max });
  // It warns on the terminal of a pool without both.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}

/** From the first task's start, not to count the runner's own, until no job is left in the table. */
async function drain(database: Database, options: RunnerOptions, tasks: number): Promise<number> {
  let began = 0;
  let done = 0;
  const { promise: last, resolve } = Promise.withResolvers<void>();
  const runner = await run({
    ...options,
    noHandleSignals: true,
    taskList: {
      bench: async () => {
        began ||= performance.now();
        done += 1;
        if (done === tasks) resolve();
      },
    },
  });
  try {
    await last;
    while (!(await isEmpty(database))) await sleep(2);
    return (performance.now() - began) / 1000;
  } finally {
    await runner.stop();
  }
}

async function isEmpty(database: Database): Promise<boolean> {
  const rows = await database.query('select from graphile_worker._private_jobs limit 1');
  return rows.length === 0;
}
