import { openDatabase, type Database } from '../../../fleet/queue/database.ts';
import { migrate } from '../../../fleet/queue/migrate/migrate.ts';
import { register } from '../../../fleet/queue/protocol/register.ts';

/** Any kind that is no real one. */
const KIND = 'bench';

/** The fleet's schema in an empty database. */
export async function openFleetDatabase(url: string, connections: number): Promise<Database> {
  const database = openDatabase({ url, applicationName: 'fleet bench', size: connections });
  await migrate(database);
  return database;
}

export async function createJob(database: Database, name = 'bench'): Promise<string> {
  await database.query('insert into fleet.job (name, kind, output) values ($1, $2, $3)', [
    name,
    KIND,
    'file:///tmp/bench/',
  ]);
  return name;
}

/** In one statement, as a person would write it in psql. */
export async function fillTasks(database: Database, job: string, tasks: number): Promise<void> {
  await database.query(
    `insert into fleet.task (job, volume)
     select $1, 's3://bench/' || $1 || '/' || n || '/' from generate_series(1, $2::integer) n`,
    [job, tasks],
  );
}

/** A worker that can do all jobs made above. Its lease lasts as long as a bench without beats. */
export function registerWorker(
  database: Database,
  { slots, ttlMs = 3_600_000 }: { readonly slots: number; readonly ttlMs?: number },
): Promise<number> {
  return register(
    database,
    {
      name: 'bench',
      host: 'localhost',
      pid: process.pid,
      version: 'bench',
      kinds: [KIND],
      labels: [],
      memoryMb: 0,
      slots,
      statusUrl: undefined,
      info: {},
    },
    ttlMs,
  );
}
