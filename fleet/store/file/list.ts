import type { BigIntStats } from 'node:fs';
import { join } from 'node:path';
import type { ObjectInfo } from '../store.ts';
import { keysIn, requireFolder, statOf } from './folder.ts';
import { objectInfo } from './object-info.ts';

interface Listing {
  readonly root: string;
  readonly prefix: string;
  readonly shallow: boolean;
  readonly signal: AbortSignal | undefined;
}

/** The files below the root whose key begins with the prefix, in key order. */
export async function* listFiles(listing: Listing): AsyncGenerator<ObjectInfo> {
  await requireFolder(listing.root);
  const start = folderPart(listing.prefix);
  yield* filesBelow(listing, start, await identitiesDownTo(listing.root, start));
}

/** The folders directly below the prefix, in key order, each key ending in `/`. */
export async function* listFolders(listing: Omit<Listing, 'shallow'>): AsyncGenerator<string> {
  await requireFolder(listing.root);
  for (const key of await keysIn(listing.root, folderPart(listing.prefix))) {
    listing.signal?.throwIfAborted();
    if (key.endsWith('/') && key.startsWith(listing.prefix)) yield key;
  }
}

/** `above` are the folders that lead here: a symbolic link to one of them would go round for ever. */
async function* filesBelow(
  listing: Listing,
  folder: string,
  above: readonly string[],
): AsyncGenerator<ObjectInfo> {
  for (const key of await keysIn(listing.root, folder)) {
    listing.signal?.throwIfAborted();
    const isFolder = key.endsWith('/');
    if (!key.startsWith(listing.prefix) || (isFolder && listing.shallow)) continue;
    const stats = await statOf(join(listing.root, key));
    if (stats === undefined) continue;
    if (!isFolder) yield objectInfo(key, stats);
    else if (!above.includes(identity(stats))) {
      yield* filesBelow(listing, key, [...above, identity(stats)]);
    }
  }
}

async function identitiesDownTo(root: string, folder: string): Promise<string[]> {
  const segments = folder.split('/').slice(0, -1);
  const paths = [root, ...segments.map((_, depth) => join(root, ...segments.slice(0, depth + 1)))];
  const stats = await Promise.all(paths.map(statOf));
  return stats.filter((found) => found !== undefined).map(identity);
}

const folderPart = (prefix: string): string => prefix.slice(0, prefix.lastIndexOf('/') + 1);

const identity = (stats: BigIntStats): string => `${stats.dev}:${stats.ino}`;
