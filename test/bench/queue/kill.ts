import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from '../../../fleet/queue/database.ts';
import { workerOptionsSchema } from '../../../fleet/worker/options.ts';
import { makeTemporaryFolder, removeTemporaryFolder } from '../../harness/temporary-folder.ts';
import { until } from '../../harness/until.ts';
import { atMost } from '../frame/goal.ts';
import { row, type Measure, type Row } from '../frame/measure.ts';
import { percentile } from '../frame/statistics.ts';
import { openFleetDatabase } from '../contenders/fleet-database.ts';
import { startWorkerProcess, type WorkerProcess } from '../contenders/worker-process.ts';
import type { QueueContext } from './context.ts';

const VICTIMS = 6;
const PATIENCE_MS = 60_000;

/** From the SIGKILL of a worker's process until another worker has started its task. */
export const kill: Measure<QueueContext> = {
  name: 'kill',
  run: (context) => context.withDatabase((url) => measure(context, url)),
};

async function measure(context: QueueContext, url: string): Promise<readonly Row[]> {
  const rounds = context.scaled(3);
  const folder = await makeTemporaryFolder();
  const database = await openFleetDatabase(url, 2);
  const heirs: WorkerProcess[] = [];
  const latencies: number[] = [];
  try {
    await database.query(
      `insert into fleet.job (name, kind, parameters, output) values ('echo', 'echo', '{"pageMs": 600000}', $1)`,
      [path.join(folder, 'output')],
    );
    const options = { databaseUrl: url, cacheDir: folder, slots: rounds * VICTIMS };
    heirs.push(...['heir-1', 'heir-2'].map((name) => startWorkerProcess({ ...options, name })));
    for (const heir of heirs) await heir.said('registered');
    for (let round = 1; round <= rounds; round += 1) {
      context.signal.throwIfAborted();
      latencies.push(...(await killRound({ url, folder, database, heirs, round })));
    }
  } finally {
    await Promise.all(heirs.map((heir) => heir.kill()));
    await database.close();
    await removeTemporaryFolder(folder);
  }
  return [
    row({
      name: `SIGKILL → another worker has started, p99 of ${latencies.length}`,
      unit: 'ms',
      value: percentile(latencies, 0.99),
      goal: atMost(5_000),
    }),
  ];
}

interface KillRound {
  readonly url: string;
  readonly folder: string;
  readonly database: Database;
  readonly heirs: readonly WorkerProcess[];
  readonly round: number;
}

/** Several workers with one task each, killed at moments of their own. */
async function killRound({ url, folder, database, heirs, round }: KillRound): Promise<number[]> {
  const setHeirs = (state: string) =>
    database.query("update fleet.worker set state = $1 where name like 'heir-%'", [state]);
  await setHeirs('paused');
  const victims = Array.from({ length: VICTIMS }, (_, index) =>
    startWorkerProcess({
      databaseUrl: url,
      cacheDir: folder,
      slots: 1,
      name: `victim-${round}-${index}`,
    }),
  );
  try {
    await enqueue(database, folder, round);
    const tasks = await Promise.all(victims.map((victim) => victim.claimed()));
    await setHeirs('active');
    // Long enough for the lease of everybody to have been unbroken for its whole length.
    await sleep(workerOptionsSchema.parse({ databaseUrl: '-', cacheDir: '-' }).leaseMs + 1_000);
    return await Promise.all(
      victims.map(async (victim, index) => {
        await sleep(Math.random() * 2_000);
        const killed = Date.now();
        await victim.kill();
        return (await startedAgain(heirs, tasks[index])) - killed;
      }),
    );
  } finally {
    await Promise.all(victims.map((victim) => victim.kill()));
  }
}

async function enqueue(database: Database, folder: string, round: number): Promise<void> {
  const volumes = Array.from({ length: VICTIMS }, (_, index) =>
    path.join(folder, `${round}-${index}`),
  );
  for (const volume of volumes) {
    await mkdir(volume);
    await writeFile(path.join(volume, '1.jpg'), 'a page');
  }
  await database.query("insert into fleet.task (job, volume) select 'echo', unnest($1::text[])", [
    volumes,
  ]);
}

/** When one of the heirs said that it has the task. */
function startedAgain(heirs: readonly WorkerProcess[], task: unknown): Promise<number> {
  return until(
    () => heirs.flatMap(({ claims }) => claims).find((each) => each.task === task)?.time,
    { what: `another worker has task ${String(task)}`, timeoutMs: PATIENCE_MS },
  );
}
