import { createWriteStream } from 'node:fs';
import { once } from 'node:events';
import path from 'node:path';
import { makeTemporaryFolder, removeTemporaryFolder } from '../../harness/temporary-folder.ts';
import { fleet } from '../../harness/cli.ts';
import { row, skipped, type Measure, type Row } from '../frame/measure.ts';
import { createJob, openFleetDatabase } from '../contenders/fleet-database.ts';
import type { QueueContext } from './context.ts';

const UNIT = 'tasks/s';
const LIMIT_MS = 120_000;

/** `fleet enqueue --file` from the start of the process to its end, and again when all is there. */
export const enqueueByFile: Measure<QueueContext> = {
  name: 'enqueue-by-file',
  run: (context) => context.withDatabase((url) => measure(context, url)),
};

async function measure(context: QueueContext, url: string): Promise<readonly Row[]> {
  const tasks = context.scaled(1_000_000);
  const size = tasks.toLocaleString('en');
  const folder = await makeTemporaryFolder();
  const database = await openFleetDatabase(url, 1);
  try {
    const job = await createJob(database);
    const file = path.join(folder, 'volumes.csv');
    await writeVolumes(file, tasks);
    const names = [`fleet enqueue --file, ${size} volumes`, 'the same again, all of them known'];
    const rows: Row[] = [];
    for (const name of names) {
      const began = performance.now();
      const { exitCode, stderr } = await fleet(['enqueue', job, '--file', file], {
        env: { DATABASE_URL: url },
        timeoutMs: LIMIT_MS,
      });
      const seconds = (performance.now() - began) / 1000;
      if (exitCode !== 0) return [...rows, skipped(name, UNIT, said(stderr))];
      rows.push(row({ name, unit: UNIT, value: tasks / seconds }));
    }
    return rows;
  } finally {
    await database.close();
    await removeTemporaryFolder(folder);
  }
}

async function writeVolumes(file: string, tasks: number): Promise<void> {
  const stream = createWriteStream(file);
  stream.write('volume,pages\n');
  for (let n = 1; n <= tasks; n += 1) {
    const line = `s3://bench/volumes/W${n}/I${(n * 7919) % 10_000}/,${1 + ((n * 7919) % 500)}\n`;
    if (!stream.write(line)) await once(stream, 'drain');
  }
  stream.end();
  await once(stream, 'close');
}

/** What a command said of its failure: the first line that is not a stack's. */
function said(stderr: string): string {
  const lines = stderr.split('\n').map((line) => line.trim());
  return lines.find((line) => /error|unknown/i.test(line)) ?? lines[0] ?? '';
}
