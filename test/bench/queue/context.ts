import { openLocalPostgres, type LocalPostgres } from '../../../fleet/local/postgres/open.ts';
import { openDatabase, type Database } from '../../../fleet/queue/database.ts';
import { makeTemporaryFolder, removeTemporaryFolder } from '../../harness/temporary-folder.ts';
import type { Opened, Settings } from '../frame/measure.ts';

/** One Postgres for all contenders, each in a database of its own. */
export interface QueueContext extends Settings {
  readonly postgres: LocalPostgres;
  /** Runs `work` on an empty database that exists for as long. */
  withDatabase<T>(work: (url: string) => Promise<T>): Promise<T>;
  /** Writes out what earlier contenders left dirty, so that nobody pays for another. */
  settle(url: string): Promise<void>;
}

/** Postgres's defaults but for room: a checkpoint in the middle of a reading is noise. */
const SERVER_SETTINGS = {
  shared_buffers: '512MB',
  max_wal_size: '8GB',
  checkpoint_timeout: '30min',
  max_connections: '400',
};

export async function openQueueContext(settings: Settings): Promise<Opened<QueueContext>> {
  const folder = await makeTemporaryFolder();
  const postgres = await openLocalPostgres(
    { dataDir: folder, tcp: true, settings: SERVER_SETTINGS },
    AbortSignal.timeout(120_000),
  );
  const admin = openDatabase({ url: postgres.url, applicationName: 'bench', size: 1 });
  const [version] = await admin.query<{ server_version: string }>('show server_version');
  return {
    context: {
      ...settings,
      postgres,
      withDatabase: (work) => withDatabase(admin, postgres.url, work),
      settle,
    },
    postgres: version?.server_version ?? null,
    async close() {
      await admin.close();
      await postgres.release();
      await removeTemporaryFolder(folder);
    },
  };
}

let databases = 0;

async function withDatabase<T>(
  admin: Database,
  url: string,
  work: (url: string) => Promise<T>,
): Promise<T> {
  databases += 1;
  const name = `bench_${databases}`;
  await admin.query(`create database ${name}`);
  try {
    return await work(onDatabase(url, name));
  } finally {
    await admin.query(`drop database ${name} with (force)`);
  }
}

/** The same server, another database. */
function onDatabase(url: string, name: string): string {
  return url.replace(/^([a-z]+:\/\/[^/]*\/)[^?]*/, `$1${name}`);
}

async function settle(url: string): Promise<void> {
  const database = openDatabase({ url, applicationName: 'bench', size: 1 });
  try {
    await database.query('vacuum analyze');
    await database.query('checkpoint');
  } finally {
    await database.close();
  }
}
