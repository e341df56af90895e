import type { BigIntStats, Dirent } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { FleetError } from '../../errors/fleet-error.ts';
import { invalidKey } from '../key.ts';
import { errnoOf, fileError } from './errors.ts';
import { isTemporaryName } from './temporary-name.ts';

/**
 * The keys of what is in a folder; those of folders end in `/`. They are sorted by their UTF-8
 * bytes, `/` included: walking down in this order gives `a.jpg` before `a/b.jpg`, as S3 lists them.
 */
export async function keysIn(root: string, folder: string): Promise<string[]> {
  const keys = await Promise.all(
    (await readFolder(join(root, folder)))
      .filter((entry) => !isTemporaryName(entry.name))
      .map(async (entry) => keyOf(root, folder, entry)),
  );
  return keys
    .filter((key) => key !== undefined)
    .map((key) => ({ key, bytes: Buffer.from(key) }))
    .sort((a, b) => Buffer.compare(a.bytes, b.bytes))
    .map(({ key }) => key);
}

/** Follows symbolic links; undefined when nothing is there (any more). */
export async function statOf(path: string): Promise<BigIntStats | undefined> {
  try {
    return await stat(path, { bigint: true });
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'ELOOP'].includes(errnoOf(error) ?? '')) return undefined;
    throw fileError(error, path);
  }
}

/** Throws `STORE_NOT_FOUND` when the root of a store is not a folder. */
export async function requireFolder(path: string): Promise<void> {
  if ((await statOf(path))?.isDirectory()) return;
  throw new FleetError('STORE_NOT_FOUND', `There is no folder ${path}.`);
}

async function keyOf(root: string, folder: string, entry: Dirent): Promise<string | undefined> {
  const key = folder + entry.name;
  if (entry.isFile()) return key;
  if (entry.isDirectory()) return `${key}/`;
  if (!entry.isSymbolicLink()) return undefined;
  const target = await statOf(join(root, key));
  if (target?.isDirectory()) return `${key}/`;
  return target?.isFile() ? key : undefined;
}

async function readFolder(path: string): Promise<Dirent[]> {
  try {
    const entries = await readdir(path, { withFileTypes: true });
    return entries.map((entry) => requireUnicode(path, entry));
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(errnoOf(error) ?? '')) return [];
    throw fileError(error, path);
  }
}

/** Node puts U+FFFD where a name is not UTF-8; such a file could be listed but never opened. */
function requireUnicode(path: string, entry: Dirent): Dirent {
  if (!entry.name.includes('\uFFFD')) return entry;
  throw invalidKey(path, entry.name, 'the name of the file is not UTF-8');
}
