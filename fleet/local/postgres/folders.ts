import { createHash } from 'node:crypto';
import { chmod, chown, lstat, mkdir, realpath, stat } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { makeFolder } from '../../config/make-folder.ts';
import { FleetError } from '../../errors/fleet-error.ts';
import type { Account } from './account.ts';

/** Where everything of one embedded server lies. */
export interface Folders {
  /** The data folder that was asked for, absolute. */
  readonly dataDir: string;
  /** All that belongs to the server, owned by its account. */
  readonly home: string;
  /** What Postgres calls PGDATA. */
  readonly cluster: string;
  readonly socket: string;
  readonly log: string;
  /** The superuser's password, for connections over TCP. */
  readonly password: string;
}

/** Lies in the cluster, so that the two come into being together. */
export const passwordFile = 'fleet-password';

/** `sun_path` holds 104 bytes on macOS, 108 on Linux; the server adds `/.s.PGSQL.54321.lock`. */
const socketFolderLimit = 80;

export function layOut(dataDir: string): Folders {
  const home = path.join(path.resolve(dataDir), 'postgres');
  return {
    dataDir: path.resolve(dataDir),
    home,
    cluster: path.join(home, 'cluster'),
    socket: socketFolder(home),
    log: path.join(home, 'server.log'),
    password: path.join(home, 'cluster', passwordFile),
  };
}

function socketFolder(home: string): string {
  const inside = path.join(home, 'socket');
  if (Buffer.byteLength(inside) <= socketFolderLimit) return inside;
  const digest = createHash('sha256').update(home).digest('hex').slice(0, 12);
  return path.join(os.tmpdir(), `fleet-${digest}`);
}

/** Makes the folders private to the account. Throws `POSTGRES_START` when it could not reach them. */
export async function prepareFolders(folders: Folders, account: Account): Promise<void> {
  try {
    await makeFolder(folders.dataDir);
    await makePrivate(folders.home, account);
    await assertReachable(folders.home, account);
    await makePrivate(folders.socket, account);
  } catch (cause) {
    if (FleetError.is(cause)) throw cause;
    throw new FleetError(
      'POSTGRES_START',
      `The data folder ${folders.dataDir} cannot be prepared for Postgres: ${(cause as Error).message}`,
      { cause, remedy: 'Make it writable, or set FLEET_DATA_DIR to another folder.' },
    );
  }
}

async function makePrivate(folder: string, account: Account): Promise<void> {
  await mkdir(folder, { mode: 0o700 }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
  const found = await lstat(folder);
  const owner = account.kind === 'self' ? process.geteuid?.() : account.uid;
  const isOurs = found.uid === owner || found.uid === process.geteuid?.();
  if (!found.isDirectory() || !isOurs) {
    throw new Error(`${folder} is not a folder of the account that runs Postgres`);
  }
  await chmod(folder, 0o700);
  if (account.kind === 'other') await chown(folder, account.uid, account.gid);
}

/** A folder below, say, /root is closed to the account whatever its own permissions are. */
async function assertReachable(folder: string, account: Account): Promise<void> {
  if (account.kind === 'self') return;
  for (let at = path.dirname(await realpath(folder)); ; at = path.dirname(at)) {
    if (!mayEnter(await stat(at), account)) {
      throw new FleetError(
        'POSTGRES_START',
        `The account "${account.name}", which runs Postgres for root, may not enter ${at}`,
        { remedy: 'Set FLEET_DATA_DIR to a folder that it can reach, or run as an ordinary user.' },
      );
    }
    if (at === path.dirname(at)) return;
  }
}

function mayEnter(
  folder: { uid: number; gid: number; mode: number },
  account: { uid: number; gid: number },
): boolean {
  if (folder.uid === account.uid) return (folder.mode & 0o100) !== 0;
  if (folder.gid === account.gid) return (folder.mode & 0o010) !== 0;
  return (folder.mode & 0o001) !== 0;
}
