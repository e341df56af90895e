import type { Store } from '../store/store.ts';
import { markerKey } from './file-names.ts';
import { checkFiles, type Marker, markerBytes, readMarker } from './marker.ts';
import { discard } from './sweep.ts';

export interface Publication {
  readonly store: Store;
  /** Names data files that are all written. */
  readonly marker: Marker;
  /** Throws `LEASE_LOST`. */
  confirmLease(): Promise<void>;
  readonly signal: AbortSignal;
}

export interface Published {
  /** The marker that stands in the store. */
  readonly marker: Marker;
  /** True when it is an earlier owner's. */
  readonly adopted: boolean;
}

/**
 * Makes an artefact public: confirms the lease, then writes the marker unless there is one.
 *
 * An error before the marker was attempted means that nothing is published, and the data files go.
 * An error after means that it is not known (the write may have arrived without its answer), so
 * the data files stay for the marker that may name them.
 */
export async function publish(publication: Publication): Promise<Published> {
  const { store, marker, signal } = publication;
  try {
    await publication.confirmLease();
    signal.throwIfAborted();
  } catch (error) {
    await discard(
      store,
      marker.files.map((file) => file.name),
    );
    throw error;
  }
  try {
    const contentType = 'application/json';
    await store.write(markerKey, markerBytes(marker), { ifAbsent: true, contentType, signal });
    return { marker, adopted: false };
  } catch (cause) {
    return await whatStands(publication, cause);
  }
}

/** The marker of an earlier owner, its files checked; undefined when nothing is published. */
export async function adopt(store: Store, signal: AbortSignal): Promise<Marker | undefined> {
  const marker = await readMarker(store, signal);
  if (marker !== undefined) await checkFiles(store, marker, signal);
  return marker;
}

/**
 * After a marker write that failed: a marker in the store is ours (its write arrived and the
 * answer was lost) or an earlier owner's, who was rightful when it published.
 */
async function whatStands(publication: Publication, cause: unknown): Promise<Published> {
  const { store, marker, signal } = publication;
  const standing = await adopt(store, signal);
  if (standing === undefined) throw cause;
  const ours = standing.madeBy.fence === marker.madeBy.fence;
  return { marker: standing, adopted: !ours };
}
