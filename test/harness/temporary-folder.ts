import { chmod, mkdtemp, readdir, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { layOut } from '../../fleet/local/postgres/folders.ts';
import { isAlive, readPostmaster } from '../../fleet/local/postgres/postmaster.ts';
import { until } from './until.ts';

const prefix = 'fleet-test-';

/** A folder whose name says which process made it, open to the account that Postgres drops to. */
export async function makeTemporaryFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(os.tmpdir(), `${prefix}${process.pid}-`));
  await chmod(folder, 0o755);
  return folder;
}

/** Ends the servers and removes the folders of runs that were killed before they could. */
export async function removeLeftovers(): Promise<void> {
  for (const name of await readdir(os.tmpdir())) {
    const maker = Number(name.slice(prefix.length).split('-')[0]);
    if (!name.startsWith(prefix) || !Number.isInteger(maker) || isAlive(maker)) continue;
    await removeTemporaryFolder(path.join(os.tmpdir(), name));
  }
}

export async function removeTemporaryFolder(folder: string): Promise<void> {
  const server = await readPostmaster(layOut(folder));
  if (server) {
    process.kill(server.pid, 'SIGQUIT');
    await until(() => !isAlive(server.pid), { what: 'the test server ended' });
  }
  await rm(folder, { recursive: true, force: true });
}
