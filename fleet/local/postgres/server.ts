import { type ChildProcess, spawn } from 'node:child_process';
import { open, readFile, rename, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { FleetError } from '../../errors/fleet-error.ts';
import { type Account, spawnIdentity } from './account.ts';
import type { Folders } from './folders.ts';
import { removeForeignLockFile } from './postmaster.ts';
import type { Programs } from './programs.ts';
import { programEnvironment } from './run-program.ts';

export interface ServerOptions {
  /** Listen on this port of 127.0.0.1 besides the socket; undefined: on the socket alone. */
  readonly tcpPort: number | undefined;
  /** Server settings, as `-c name=value`. */
  readonly settings: Readonly<Record<string, string>>;
}

/** A server process that was just started; it may still refuse, or lose against another one. */
export interface StartedServer {
  readonly pid: number;
  /** Resolves when the process has ended, with what it wrote to the log. */
  readonly ended: Promise<string>;
}

/** A log larger than this (bytes) makes room for a new one at the next start. */
const maxLogBytes = 16 * 1024 * 1024;

/**
 * Starts the server in a session of its own: Ctrl-C in the terminal reaches the workers, which
 * need it to hand back their tasks, and not the database. That no two serve the same cluster is
 * Postgres's own care.
 */
export async function startServer(
  folders: Folders,
  programs: Programs,
  account: Account,
  options: ServerOptions,
): Promise<StartedServer> {
  await removeForeignLockFile(folders);
  await rotateLog(folders.log);
  const log = await open(folders.log, 'a', 0o600);
  const begin = (await log.stat()).size;
  try {
    const child = spawn(programs.postgres, parameters(folders, options), {
      ...spawnIdentity(account),
      cwd: '/',
      env: programEnvironment,
      detached: true,
      stdio: ['ignore', log.fd, log.fd],
    });
    const ended = lastWords(child, folders.log, begin);
    child.unref();
    if (child.pid === undefined) throw new Error(await ended);
    return { pid: child.pid, ended };
  } catch (cause) {
    throw cannotStart(folders, (cause as Error).message, cause);
  } finally {
    await log.close();
  }
}

export function cannotStart(folders: Folders, reason: string, cause?: unknown): FleetError {
  return new FleetError('POSTGRES_START', `The embedded Postgres did not start: ${reason}`, {
    cause,
    remedy: `The whole story is in ${folders.log}.`,
  });
}

function parameters(folders: Folders, options: ServerOptions): string[] {
  const settings = {
    listen_addresses: options.tcpPort === undefined ? '' : '127.0.0.1',
    unix_socket_directories: `"${folders.socket.replaceAll('"', '""')}"`,
    unix_socket_permissions: '0700',
    port: String(options.tcpPort ?? 5432),
    max_connections: '300',
    timezone: 'UTC',
    log_timezone: 'UTC',
    ...options.settings,
  };
  const given = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  return ['-D', folders.cluster, ...given];
}

export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

async function rotateLog(log: string): Promise<void> {
  const found = await stat(log).catch(() => undefined);
  if (found && found.size > maxLogBytes) await rename(log, `${log}.1`);
}

async function lastWords(child: ChildProcess, log: string, begin: number): Promise<string> {
  try {
    await once(child, 'exit');
    return (await readFile(log)).subarray(begin).toString('utf8');
  } catch (error) {
    return (error as Error).message;
  }
}
