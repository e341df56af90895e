import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeServerFolder, removeLeftovers } from './leftovers.ts';

async function deadProcess(): Promise<number> {
  const child = spawn(process.execPath, ['--version'], { stdio: 'ignore' });
  await once(child, 'exit');
  return child.pid ?? 0;
}

const exists = async (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

test('ends the servers of a run that was killed, and leaves those of a run that goes on', async () => {
  const [mine, orphaned] = [await makeServerFolder(), await makeServerFolder()];
  await writeFile(join(orphaned, 'owner.pid'), String(await deadProcess()));
  const waiting = 'setInterval(() => {}, 1000)';
  const server = spawn(process.execPath, ['-e', waiting, '--', join(orphaned, 'conf')], {
    stdio: 'ignore',
  });
  await once(server, 'spawn');
  const ended = once(server, 'exit');
  await removeLeftovers();
  expect(await ended).toEqual([null, 'SIGKILL']);
  expect(await exists(orphaned)).toBe(false);
  expect(await exists(mine)).toBe(true);
  await rm(mine, { recursive: true });
});
