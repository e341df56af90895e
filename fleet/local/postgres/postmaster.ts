import { readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Folders } from './folders.ts';

/** What a running server says of itself in postmaster.pid. */
export interface Postmaster {
  readonly pid: number;
  readonly port: number;
  /** True when it listens on 127.0.0.1 besides its socket. */
  readonly tcp: boolean;
}

/**
 * The server that has the cluster, or the one that is just coming up or going down.
 *
 * The lines of the file are pid, data folder, start time, port, socket folder, first listen
 * address, shared memory key, status (miscadmin.h, `LOCK_FILE_LINE_…`). Undefined when there is
 * no server, or one that has not written so far yet.
 */
export async function readPostmaster(folders: Folders): Promise<Postmaster | undefined> {
  const lines = (await readLockFile(folders))?.split('\n');
  const pid = Number(lines?.[0]);
  const port = Number(lines?.[3]);
  if (!pid || !port || !isAlive(pid) || !(await isPostgres(pid))) return undefined;
  return { pid, port, tcp: (lines?.[5] ?? '') !== '' };
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Resolves when the process has ended. */
export async function waitForEnd(pid: number, signal: AbortSignal): Promise<void> {
  while (isAlive(pid)) await sleep(20, undefined, { signal });
}

/**
 * Removes a postmaster.pid that names a living process which is no Postgres: after a crash and a
 * reboot the number may be anybody's, and the server would refuse to start for ever. It checks
 * everything else itself.
 */
export async function removeForeignLockFile(folders: Folders): Promise<void> {
  const content = await readLockFile(folders);
  const pid = Number(content?.split('\n')[0]);
  if (!pid || !isAlive(pid) || (await isPostgres(pid))) return;
  const aside = `${lockFile(folders)}.${process.pid}`;
  await rename(lockFile(folders), aside).catch(() => undefined);
  if ((await readText(aside)) === content) await rm(aside, { force: true });
  else await rename(aside, lockFile(folders)).catch(() => undefined);
}

/** True when it cannot be told: then Postgres's own judgement stands. */
async function isPostgres(pid: number): Promise<boolean> {
  const command = await readText(`/proc/${pid}/comm`);
  return command === undefined || command.trim() === 'postgres';
}

function lockFile(folders: Folders): string {
  return path.join(folders.cluster, 'postmaster.pid');
}

function readLockFile(folders: Folders): Promise<string | undefined> {
  return readText(lockFile(folders));
}

async function readText(file: string): Promise<string | undefined> {
  return readFile(file, 'utf8').catch(() => undefined);
}
