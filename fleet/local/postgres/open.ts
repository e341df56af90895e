import { readFile } from 'node:fs/promises';
import { FleetError } from '../../errors/fleet-error.ts';
import { dataDirectory } from '../../config/directories.ts';
import { chooseAccount } from './account.ts';
import type { Cluster } from './bring-up.ts';
import { ensureCluster, superuser } from './cluster.ts';
import { type Folders, layOut, prepareFolders } from './folders.ts';
import { LastingShare } from './lasting-share.ts';
import type { Membership } from './membership.ts';
import { readPostmaster } from './postmaster.ts';
import { findPrograms } from './programs.ts';
import { freePort } from './server.ts';

export interface LocalPostgresOptions {
  /** Default: the user's data folder. */
  readonly dataDir?: string | undefined;
  /** Listen on a free port of 127.0.0.1 too. Only whoever starts the server can ask for it. */
  readonly tcp?: boolean | undefined;
  /** Server settings by name, for whoever starts it. */
  readonly settings?: Readonly<Record<string, string>> | undefined;
}

export interface LocalPostgres {
  /** Of the database `fleet`, over the Unix socket; `psql "<url>"` takes it too. */
  readonly url: string;
  /** The same over TCP, with its password; only with `tcp`. */
  readonly tcpUrl: string | undefined;
  readonly dataDir: string;
  /** Process id of the server as it is now; undefined while it is down. */
  pid(): Promise<number | undefined>;
  /** To be called when all connections are closed: the last one out stops the server. */
  release(): Promise<void>;
}

const databaseName = 'fleet';

/**
 * The embedded Postgres: started if it is not running, shared with every other process on the same
 * data folder, and brought up again if it dies while it is in use.
 *
 * @throws FleetError `POSTGRES_START`
 * @example
 * const postgres = await openLocalPostgres({}, signal);
 * const pool = new pg.Pool({ connectionString: postgres.url });
 * …
 * await pool.end();
 * await postgres.release();
 */
export async function openLocalPostgres(
  options: LocalPostgresOptions,
  signal: AbortSignal,
): Promise<LocalPostgres> {
  const cluster = await prepare(options, signal);
  const share = await LastingShare.take(cluster, signal);
  try {
    await createDatabase(share.membership);
    return await describe(cluster, share, options.tcp ?? false);
  } catch (error) {
    await share.release();
    throw error;
  }
}

async function prepare(options: LocalPostgresOptions, signal: AbortSignal): Promise<Cluster> {
  const folders = layOut(options.dataDir ?? dataDirectory());
  const account = await chooseAccount();
  await prepareFolders(folders, account);
  const programs = await findPrograms(folders, account, signal);
  const settings = options.settings ?? {};
  const durable = settings['fsync'] !== 'off';
  await ensureCluster({ folders, programs, account, durable }, signal);
  const tcpPort = options.tcp ? await freePort() : undefined;
  return { folders, programs, account, options: { tcpPort, settings } };
}

/** Of several processes that create it at once, one does and the others get one of two errors. */
async function createDatabase(membership: Membership): Promise<void> {
  const { rows } = await membership.query('select from pg_database where datname = $1', [
    databaseName,
  ]);
  if (rows.length > 0) return;
  await membership.query(`create database ${databaseName}`).catch((error: { code?: string }) => {
    const isThereAlready = error.code === '42P04' || error.code === '23505';
    if (!isThereAlready) throw error;
  });
}

async function describe(
  { folders }: Cluster,
  share: LastingShare,
  tcp: boolean,
): Promise<LocalPostgres> {
  const server = await readPostmaster(folders);
  const port = server?.port ?? 5432;
  if (tcp && !server?.tcp) throw withoutTcp(folders);
  return {
    url: socketUrl(folders, port),
    tcpUrl: tcp ? await tcpUrl(folders, port) : undefined,
    dataDir: folders.dataDir,
    pid: async () => (await readPostmaster(folders))?.pid,
    release: () => share.release(),
  };
}

function socketUrl(folders: Folders, port: number): string {
  const host = encodeURIComponent(folders.socket).replaceAll('%2F', '/');
  const suffix = port === 5432 ? '' : `&port=${port}`;
  return `postgresql:///${databaseName}?host=${host}&user=${superuser}${suffix}`;
}

async function tcpUrl(folders: Folders, port: number): Promise<string> {
  const password = (await readFile(folders.password, 'utf8')).trim();
  return `postgresql://${superuser}:${password}@127.0.0.1:${port}/${databaseName}`;
}

function withoutTcp(folders: Folders): FleetError {
  return new FleetError(
    'POSTGRES_START',
    `The embedded Postgres of ${folders.dataDir} runs already, without TCP`,
    { remedy: 'Stop what uses it first.' },
  );
}
