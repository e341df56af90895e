import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { makeFolder } from '../../fleet/config/make-folder.ts';
import { folderWith } from '../volume/folder.ts';

it('makes a folder and those above it, and nothing where it exists', async () => {
  const root = await folderWith({});
  const path = join(root, 'a', 'b', 'c');
  await Promise.all([makeFolder(path), makeFolder(path)]);
  await makeFolder(path);
  await writeFile(join(path, 'file'), '');

  await expect(makeFolder(join(path, 'file', 'below'))).rejects.toMatchObject({ code: 'ENOTDIR' });
});

it('gives up where folders cannot be made', async () => {
  await expect(makeFolder('/proc/fleet/below')).rejects.toMatchObject({ code: 'ENOENT' });
});
