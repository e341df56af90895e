import { mkdir, realpath } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { makeFolder } from '../../config/make-folder.ts';
import { invalidKey } from '../key.ts';
import { errnoOf } from './errors.ts';

/**
 * The folder that the file of `key` goes into, made if it is missing. Refuses to follow a symbolic
 * link out of the root: a link that someone may place in the store must not let writes out of it.
 */
export async function makeFolderOf(root: string, storeUri: string, key: string): Promise<string> {
  await makeFolder(root);
  const realRoot = await realpath(root);
  let folder = root;
  for (const segment of key.split('/').slice(0, -1)) {
    folder = join(folder, segment);
    if (!(await makeOne(folder))) await refuseOutside(realRoot, folder, storeUri, key);
  }
  return folder;
}

/** The existing folder of `key`, checked as above; undefined when there is none. */
export async function findFolderOf(root: string, storeUri: string, key: string) {
  const folder = dirname(join(root, key));
  try {
    await refuseOutside(await realpath(root), folder, storeUri, key);
    return folder;
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(errnoOf(error) ?? '')) return undefined;
    throw error;
  }
}

async function makeOne(folder: string): Promise<boolean> {
  try {
    await mkdir(folder);
    return true;
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') return false;
    throw error;
  }
}

async function refuseOutside(realRoot: string, folder: string, storeUri: string, key: string) {
  const way = relative(realRoot, await realpath(folder));
  if (way === '..' || way.startsWith(`..${sep}`)) {
    throw invalidKey(storeUri, key, `a symbolic link in its path leads out of the store`);
  }
}
