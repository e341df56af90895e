import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

/** Fields of /proc/PID/stat after the command's name: proc(5) counts them from 3. */
const PARENT = 4 - 3;
const OWN_TIME = [14 - 3, 15 - 3];
const CHILDREN_TIME = [16 - 3, 17 - 3];

/** Processor seconds that a process and its children, past and present, have used so far. */
export async function processorSeconds(pid: number): Promise<number> {
  const ticks = await ticksPerSecond();
  const own = await readStat(pid);
  let sum = total(own, [...OWN_TIME, ...CHILDREN_TIME]);
  for (const name of await readdir('/proc')) {
    const stat = /^\d+$/.test(name) ? await readStat(Number(name)) : undefined;
    if (Number(stat?.[PARENT]) === pid) sum += total(stat, OWN_TIME);
  }
  return sum / ticks;
}

async function ticksPerSecond(): Promise<number> {
  const { stdout } = await promisify(execFile)('getconf', ['CLK_TCK']);
  return Number(stdout);
}

/** Undefined when the process has ended. */
async function readStat(pid: number): Promise<readonly string[] | undefined> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  // The name is in parentheses and may hold blanks.
  return text?.slice(text.lastIndexOf(')') + 2).split(' ');
}

function total(stat: readonly string[] | undefined, fields: readonly number[]): number {
  return fields.reduce((sum, field) => sum + Number(stat?.[field] ?? 0), 0);
}
