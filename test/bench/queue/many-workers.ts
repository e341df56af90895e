import { Client } from 'pg';
import { FleetError } from '../../../fleet/errors/fleet-error.ts';
import type { Database } from '../../../fleet/queue/database.ts';
import { claim } from '../../../fleet/queue/protocol/claim.ts';
import { complete } from '../../../fleet/queue/protocol/finish.ts';
import type { Held } from '../../../fleet/queue/protocol/held.ts';
import { heartbeat } from '../../../fleet/queue/protocol/heartbeat.ts';
import { sweep } from '../../../fleet/queue/protocol/sweep.ts';
import { workerOptionsSchema } from '../../../fleet/worker/options.ts';
import { atMost } from '../frame/goal.ts';
import { row, type Measure, type Row } from '../frame/measure.ts';
import { percentile } from '../frame/statistics.ts';
import { createJob, fillTasks, openFleetDatabase } from '../contenders/fleet-database.ts';
import { processorSeconds } from './processor-time.ts';
import { Lane } from './lane.ts';
import { Rhythm } from './rhythm.ts';
import type { QueueContext } from './context.ts';

const SECONDS = 30;
const CONNECTIONS = 16;
const VOLUME_MS = 5 * 60_000;
const SWEEP_MS = 500;
const { beatMs, leaseMs } = workerOptionsSchema.parse({ databaseUrl: '-', cacheDir: '-' });

/**
 * A large fleet's load on one Postgres: every worker beats as often as it does by default and holds one
 * volume that takes five minutes. The workers are simulated, the statements are theirs; they share a few
 * connections as they would behind a pooler.
 */
export const manyWorkers: Measure<QueueContext> = {
  name: 'many-workers',
  run: (context) => context.withDatabase((url) => measure(context, url)),
};

interface SimulatedWorker {
  readonly id: number;
  held: readonly Held[];
}

async function measure(context: QueueContext, url: string): Promise<readonly Row[]> {
  const count = context.scaled(10_000);
  const database = await openFleetDatabase(url, 4);
  const clients = Array.from({ length: CONNECTIONS }, () => new Client({ connectionString: url }));
  await Promise.all(clients.map((client) => client.connect()));
  try {
    const workers = await startFleet(context, database, url, count);
    const load = await runFleet(context, {
      database,
      lanes: clients.map((client) => new Lane(client)),
      workers,
    });
    const lost = await leasesLost(database, count);
    const name = `${count.toLocaleString('en')} workers`;
    return [
      row({
        name: `${name}: heartbeat p99`,
        unit: 'ms',
        value: percentile(load.beats, 0.99),
        goal: atMost(50),
      }),
      row({ name: `${name}: Postgres`, unit: 'cores', value: load.cores, goal: atMost(1) }),
      row({ name: `${name}: leases lost`, unit: 'leases', value: lost, goal: atMost(0) }),
      row({
        name: `${name}: heartbeats`,
        unit: 'per second',
        value: load.beats.length / load.seconds,
        note: `${count * (1000 / beatMs)} are due`,
      }),
    ];
  } finally {
    await Promise.all(clients.map((client) => client.end()));
    await database.close();
  }
}

/** All registered and all running a task; their leases begin at the end. */
async function startFleet(
  context: QueueContext,
  database: Database,
  url: string,
  count: number,
): Promise<readonly SimulatedWorker[]> {
  const job = await createJob(database);
  await fillTasks(database, job, 2 * count);
  await context.settle(url);
  context.report(`registering ${count} workers`);
  await database.query(
    `select fleet.register(jsonb_build_object('name', 'bench-' || n, 'host', 'bench', 'pid', n,
       'version', 'bench', 'kinds', array['bench'], 'slots', 1), interval '1 hour')
     from generate_series(1, $1::integer) n`,
    [count],
  );
  const rows = await database.query<{ id: string; task: string; fence: string }>(
    'select w.id, c.task, c.fence from fleet.worker w, lateral fleet.claim(w.id, 1) c',
  );
  await context.settle(url);
  await database.query(
    "update fleet.lease set ttl = $1 * interval '1 ms', expires_at = now() + $1 * interval '1 ms', since = now()",
    [leaseMs],
  );
  return rows.map(({ id, task, fence }) => ({
    id: Number(id),
    held: [{ task: Number(task), fence }],
  }));
}

interface Fleet {
  readonly database: Database;
  readonly lanes: readonly Lane[];
  readonly workers: readonly SimulatedWorker[];
}

interface Load {
  /** Milliseconds of each heartbeat, from when it was due. */
  readonly beats: readonly number[];
  /** Processor time of Postgres, as cores kept busy. */
  readonly cores: number;
  readonly seconds: number;
}

async function runFleet(context: QueueContext, { database, lanes, workers }: Fleet): Promise<Load> {
  const postmaster = (await context.postgres.pid()) ?? 0;
  const beats: number[] = [];
  const rhythms = [
    new Rhythm(workers, beatMs, async (worker, index, due) => {
      const { id, held } = worker;
      await lanes[index % lanes.length]?.run((client) => heartbeat(client, id, held, 0));
      beats.push(performance.now() - due);
    }),
    new Rhythm(workers, VOLUME_MS, (worker) => finishVolume(database, worker)),
    new Rhythm(workers.slice(0, 1), SWEEP_MS, async ({ id }) => void (await sweep(database, id))),
  ];
  const [cpu, began] = [await processorSeconds(postmaster), performance.now()];
  await Promise.all(
    rhythms.map((rhythm) => rhythm.play(context.scaled(SECONDS) * 1000, context.signal)),
  );
  const seconds = (performance.now() - began) / 1000;
  return { beats, seconds, cores: ((await processorSeconds(postmaster)) - cpu) / seconds };
}

/** A worker whose lease was lost is counted at the end; here it only rests. */
async function finishVolume(database: Database, worker: SimulatedWorker): Promise<void> {
  const completions = worker.held.map((each) => ({ ...each, figures: { pages: 100, failed: 0 } }));
  worker.held = [];
  try {
    await complete(database, worker.id, completions);
    worker.held = await claim(database, worker.id, 1);
  } catch (error) {
    if (!FleetError.is(error, 'LEASE_LOST')) throw error;
  }
}

/** Leases that were broken in between, or are gone. */
async function leasesLost(database: Database, count: number): Promise<number> {
  const [row] = await database.query<{ unbroken: number; lost: number }>(
    `select (select count(*)::integer from fleet.lease where since = (select min(since) from fleet.lease)) as unbroken,
            (select count(*)::integer from fleet.attempt where outcome = 'lost') as lost`,
  );
  return count - (row?.unbroken ?? 0) + (row?.lost ?? 0);
}
