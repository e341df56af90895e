import { Client } from 'pg';
import type { Database } from '../../../fleet/queue/database.ts';
import { claim } from '../../../fleet/queue/protocol/claim.ts';
import { heartbeat } from '../../../fleet/queue/protocol/heartbeat.ts';
import { atMost } from '../frame/goal.ts';
import { row, type Measure, type Row } from '../frame/measure.ts';
import {
  createJob,
  fillTasks,
  openFleetDatabase,
  registerWorker,
} from '../contenders/fleet-database.ts';
import type { QueueContext } from './context.ts';

const TASKS = 20;
/** So many that the whole pages logged after a checkpoint weigh little, as in a day's use. */
const BEATS = 2_000;

/** Bytes of write-ahead log that one worker's heartbeat costs while it runs twenty tasks. */
export const heartbeatWal: Measure<QueueContext> = {
  name: 'heartbeat-wal',
  run: (context) => context.withDatabase(measure),
};

async function measure(url: string): Promise<readonly Row[]> {
  const database = await openFleetDatabase(url, 1);
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const job = await createJob(database);
    await fillTasks(database, job, TASKS);
    const worker = await registerWorker(database, { slots: TASKS });
    const held = await claim(database, worker, TASKS);
    const value = await walOf(database, BEATS, () => heartbeat(client, worker, held, 0));
    const indexed = await leaseOnTasks(
      database,
      BEATS,
      'create index on lease_on_task (expires_at)',
    );
    const plain = await leaseOnTasks(database, BEATS, 'select');
    const name = `heartbeat's WAL, ${TASKS} running tasks`;
    const against = { name: 'lease column on the task, indexed', value: indexed };
    return [
      row({ name, unit: 'bytes', value, against, goal: atMost(200) }),
      row({
        name,
        unit: 'bytes',
        value,
        against: { name: 'lease column on the task', value: plain },
      }),
    ];
  } finally {
    await client.end();
    await database.close();
  }
}

/** The usual design, for comparison: every task has its own lease, renewed by one UPDATE. */
async function leaseOnTasks(database: Database, beats: number, index: string): Promise<number> {
  await database.query('drop table if exists lease_on_task');
  await database.query(
    `create table lease_on_task as
     select id, job, volume, state, now() as expires_at from fleet.task`,
  );
  await database.query('alter table lease_on_task add primary key (id)');
  await database.query(index);
  return walOf(database, beats, () =>
    database.query('update lease_on_task set expires_at = clock_timestamp()'),
  );
}

/**
 * Mean over many repetitions that follow a checkpoint: the first write to each page after it is
 * logged whole, in daily use as here.
 */
async function walOf(
  database: Database,
  times: number,
  work: () => Promise<unknown>,
): Promise<number> {
  await database.query('checkpoint');
  const before = await position(database);
  for (let index = 0; index < times; index += 1) await work();
  return (await position(database)) / times - before / times;
}

/** Bytes of write-ahead log since the cluster was made. */
async function position(database: Database): Promise<number> {
  const [row] = await database.query<{ bytes: string }>(
    "select pg_current_wal_insert_lsn() - '0/0' as bytes",
  );
  return Number(row?.bytes);
}
