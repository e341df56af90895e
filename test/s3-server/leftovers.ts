import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const PREFIX = 'fleet-s3-';
const OWNER = 'owner.pid';

/** A folder that says which process answers for what runs in it. */
export async function makeServerFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), PREFIX));
  await writeFile(join(folder, OWNER), String(process.pid));
  return folder;
}

/** Ends servers whose test run was killed before it could, and removes their folders. */
export async function removeLeftovers(): Promise<void> {
  const names = (await readdir(tmpdir())).filter((name) => name.startsWith(PREFIX));
  await Promise.all(names.map(async (name) => removeIfOrphaned(join(tmpdir(), name))));
}

async function removeIfOrphaned(folder: string): Promise<void> {
  const owner = Number(await readFile(join(folder, OWNER), 'utf8').catch(() => ''));
  if (owner === 0 || isAlive(owner)) return;
  for (const pid of await processesIn(folder)) signalProcess(pid, 'SIGKILL');
  await rm(folder, { recursive: true, force: true });
}

/** A process of another user, which may not be signalled, is alive too. */
const isAlive = (pid: number): boolean => signalProcess(pid, 0) !== 'ESRCH';

/** Returns the system's name for what went wrong, if anything did. */
function signalProcess(pid: number, signal: 'SIGKILL' | 0): string | undefined {
  try {
    process.kill(pid, signal);
    return undefined;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code;
  }
}

/** The processes whose command line names the folder. */
async function processesIn(folder: string): Promise<number[]> {
  const pids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name));
  const lines = await Promise.all(
    pids.map(async (pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')),
  );
  return pids.filter((_, index) => lines[index]?.includes(`${folder}/`)).map(Number);
}
