import { FleetError } from '../errors/fleet-error.ts';
import type { ObjectInfo, Store } from '../store/store.ts';

/** The files that stand directly in the volume's folder, by name. */
export async function listFolder(
  store: Store,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, ObjectInfo>> {
  const files = new Map<string, ObjectInfo>();
  for await (const info of store.list({ shallow: true, signal })) files.set(info.key, info);
  return files;
}

/** What stands in a folder that has no page images, for the message that says so. */
export async function emptyVolume(
  store: Store,
  files: Iterable<string>,
  signal: AbortSignal,
): Promise<FleetError> {
  const folders = await firstOf(store.folders('', { signal }), 4);
  const found = [...describe('file', [...files]), ...describe('folder', folders)];
  const what = found.length === 0 ? 'there is nothing' : `found ${found.join(' and ')}`;
  return new FleetError('VOLUME_EMPTY', `${store.uri} has no page images: ${what}`, {
    ...(folders.length > 0 && {
      remedy: 'Name the folder that directly holds the images; folders below it are not searched.',
    }),
  });
}

function describe(what: string, names: readonly string[]): string[] {
  if (names.length === 0) return [];
  const shown = names.slice(0, 3).join(', ');
  return [`${what}s ${shown}${names.length > 3 ? ', …' : ''}`];
}

async function firstOf<T>(items: AsyncIterable<T>, count: number): Promise<T[]> {
  const first: T[] = [];
  for await (const item of items) {
    first.push(item);
    if (first.length === count) break;
  }
  return first;
}
