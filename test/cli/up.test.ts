import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { isAlive } from '../../fleet/local/postgres/postmaster.ts';
import { fleet } from '../harness/cli.ts';
import { makeTemporaryFolder, removeTemporaryFolder } from '../harness/temporary-folder.ts';
import { until } from '../harness/until.ts';

let folder = '';

beforeAll(async () => {
  folder = await makeTemporaryFolder();
});
afterAll(() => removeTemporaryFolder(folder));

it('leaves nobody behind when it is interrupted, and interrupted again', async () => {
  const env = { FLEET_DATA_DIR: join(folder, 'data'), FLEET_CACHE_DIR: join(folder, 'cache') };
  const up = fleet(['up', '--workers', '1', '--output', join(folder, 'out')], {
    env,
    timeoutMs: 120_000,
  });
  let told = '';
  up.stderr?.on('data', (text: Buffer) => {
    told += text.toString();
  });
  await until(() => told.includes('1 workers at work'), { what: 'it started', timeoutMs: 60_000 });
  const pids = await until(
    async () => {
      const { stdout } = await fleet(['workers', 'list', '--json'], { env });
      const workers = JSON.parse(stdout) as { pid: number }[];
      return workers.length > 0 && workers.map(({ pid }) => pid);
    },
    { what: 'the worker registered', timeoutMs: 60_000 },
  );
  up.kill('SIGINT');
  await until(() => told.includes('Ctrl-C again'), { what: 'it said what it waits for' });
  up.kill('SIGINT');

  expect((await up).exitCode).toBe(130);
  expect(pids.filter((pid) => isAlive(pid))).toEqual([]);
});
