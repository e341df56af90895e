import type { Store } from '../store/store.ts';
import { isRunFile } from './file-names.ts';
import type { Marker } from './marker.ts';

/** Sweeping is a courtesy: it may take this long and then leaves the rest where it is. */
const sweepMs = 30_000;

/**
 * Deletes what runs left beside a published artefact: parts, and data files that lost. Safe at any
 * time after the marker was written, for the marker never changes and names all that counts. Best
 * effort: what cannot be deleted stays.
 */
export async function sweepAfter(store: Store, marker: Marker, signal: AbortSignal): Promise<void> {
  const named = new Set(marker.files.map((file) => file.name));
  const within = AbortSignal.any([signal, AbortSignal.timeout(sweepMs)]);
  try {
    for await (const { key } of store.list({ signal: within })) {
      if (isRunFile(key) && !named.has(key)) await store.delete(key, { signal: within });
    }
  } catch {
    // What is left harms nobody: only files that the marker names are ever read.
  }
}

/** Deletes files of a run that ends without publication. Works when the run was aborted, too. */
export async function discard(store: Store, keys: readonly string[]): Promise<void> {
  const signal = AbortSignal.timeout(sweepMs);
  await Promise.allSettled(keys.map((key) => store.delete(key, { signal })));
}
