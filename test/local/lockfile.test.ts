import { copyFile, readFile } from 'node:fs/promises';
import path from 'node:path';
import { execaNode } from 'execa';
import { expect, it, onTestFinished } from 'vitest';
import { makeTemporaryFolder, removeTemporaryFolder } from '../harness/temporary-folder.ts';

const root = path.join(import.meta.dirname, '..', '..');

it('package-lock.json names the packages of every platform, else `npm ci` refuses it', async () => {
  const folder = await makeTemporaryFolder();
  onTestFinished(() => removeTemporaryFolder(folder));
  const copy = path.join(folder, 'package-lock.json');
  await copyFile(path.join(root, 'package-lock.json'), copy);
  const script = path.join(root, '.ci', 'complete-lockfile.mjs');
  const { stdout } = await execaNode(script, [copy]);
  expect(stdout, 'run node .ci/complete-lockfile.mjs').toBe('0 packages added');
  expect(Object.keys(JSON.parse(await readFile(copy, 'utf8')).packages)).toContain('');
});
