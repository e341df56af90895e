import { randomBytes } from 'node:crypto';
import {
  appendFile,
  chown,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  writeFile,
} from 'node:fs/promises';
import path from 'node:path';
import { FleetError } from '../../errors/fleet-error.ts';
import type { Account } from './account.ts';
import { type Folders, passwordFile } from './folders.ts';
import { isAlive } from './postmaster.ts';
import type { Programs } from './programs.ts';
import { reasonIn } from './reason.ts';
import { runProgram } from './run-program.ts';

export const superuser = 'postgres';

/** What making a cluster needs to know. */
export interface ClusterPlan {
  readonly folders: Folders;
  readonly programs: Programs;
  readonly account: Account;
  /** False: do not wait until it is safe on the disk; for clusters that are thrown away. */
  readonly durable: boolean;
}

/**
 * Makes the cluster if there is none. It is built in a folder of its own and renamed into place,
 * so a cluster is there whole or not at all, and of several processes the first one wins.
 */
export async function ensureCluster(plan: ClusterPlan, signal: AbortSignal): Promise<void> {
  const version = await clusterVersion(plan.folders);
  if (version === undefined) await createCluster(plan, signal);
  else assertVersion(version, plan);
}

async function clusterVersion(folders: Folders): Promise<string | undefined> {
  try {
    return (await readFile(path.join(folders.cluster, 'PG_VERSION'), 'utf8')).trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new FleetError('POSTGRES_START', `${folders.cluster} cannot be read`, {
      cause: error,
      remedy: 'Run the command as the user who made the folder, or set FLEET_DATA_DIR to another.',
    });
  }
}

function assertVersion(version: string, { programs, folders }: ClusterPlan): void {
  if (version === programs.major) return;
  throw new FleetError(
    'POSTGRES_START',
    `The database in ${folders.cluster} was made by Postgres ${version}, but this program carries Postgres ${programs.major}`,
    {
      remedy: `Move it over with pg_dumpall of Postgres ${version}, or set FLEET_DATA_DIR to a new folder.`,
    },
  );
}

async function createCluster(plan: ClusterPlan, signal: AbortSignal): Promise<void> {
  const { folders, account } = plan;
  await removeUnfinished(folders);
  const unfinished = await mkdtemp(unfinishedPrefix(folders));
  try {
    if (account.kind === 'other') await chown(unfinished, account.uid, account.gid);
    await initialise(unfinished, plan, signal);
    await rename(unfinished, folders.cluster).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
    });
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
}

async function initialise(
  folder: string,
  { folders, programs, account, durable }: ClusterPlan,
  signal: AbortSignal,
): Promise<void> {
  const password = `${folder}.password`;
  try {
    await writeFile(password, `${randomBytes(24).toString('base64url')}\n`, { mode: 0o600 });
    if (account.kind === 'other') await chown(password, account.uid, account.gid);
    const { code, output } = await runProgram(
      account,
      programs.initdb,
      [
        `--pgdata=${folder}`,
        `--pwfile=${password}`,
        ...initdbOptions,
        ...(durable ? [] : ['--no-sync']),
      ],
      signal,
    );
    await appendFile(folders.log, output);
    if (code !== 0) throw cannotInitialise(folders, reasonIn(output));
    await rename(password, path.join(folder, passwordFile));
  } catch (cause) {
    signal.throwIfAborted();
    throw FleetError.is(cause) ? cause : cannotInitialise(folders, (cause as Error).message, cause);
  } finally {
    await rm(password, { force: true });
  }
}

/**
 * Text is compared by code points, alike on every machine. The socket's folder is private, so who
 * can reach the socket needs no password; over TCP anybody on the machine could, so there one is.
 */
const initdbOptions = [
  `--username=${superuser}`,
  '--auth-local=trust',
  '--auth-host=scram-sha-256',
  '--encoding=UTF8',
  '--locale=C',
  '--locale-provider=builtin',
  '--builtin-locale=C.UTF-8',
];

function cannotInitialise(folders: Folders, reason: string, cause?: unknown): FleetError {
  return new FleetError(
    'POSTGRES_START',
    `The embedded Postgres could not make its database in ${folders.cluster}: ${reason}`,
    {
      cause,
      remedy: `Make room or correct the permissions; the whole story is in ${folders.log}.`,
    },
  );
}

function unfinishedPrefix(folders: Folders): string {
  return `${folders.cluster}.${process.pid}.`;
}

/** What a process that was killed while it made the cluster left behind. */
async function removeUnfinished(folders: Folders): Promise<void> {
  const mark = `${path.basename(folders.cluster)}.`;
  for (const name of await readdir(folders.home)) {
    const maker = Number(name.slice(mark.length).split('.')[0]);
    if (!name.startsWith(mark) || isAlive(maker)) continue;
    await rm(path.join(folders.home, name), { recursive: true, force: true });
  }
}
