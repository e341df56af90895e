import { FleetError } from '../errors/fleet-error.ts';
import { openStore } from '../store/open.ts';
import type { ObjectInfo, Store } from '../store/store.ts';
import {
  dimensionsKey,
  type ManifestPage,
  maxManifestBytes,
  parseDimensions,
} from './dimensions.ts';
import { emptyVolume, listFolder } from './listing.ts';
import { naturalSort } from './natural-order.ts';
import { isPageFile } from './page-name.ts';
import { volumeVersion } from './version.ts';
import type { Page, Volume } from './volume.ts';
import { volumeUri } from './volume-uri.ts';

export interface OpenVolumeOptions {
  readonly signal: AbortSignal;
  /** Throw `VOLUME_CHANGED` when the volume has another version than this. */
  readonly expectedVersion?: string | undefined;
  /** Opens the volume's store; by default each volume has connections of its own. */
  readonly open?: ((uri: string) => Store) | undefined;
}

/**
 * Opens a volume: its pages in reading order, pinned to a version. They come from `dimensions.json`
 * where there is one (a page that it names and the folder does not have stays an expected page, and
 * fails when it is fetched), else from the page images that stand directly in the folder.
 *
 * Throws `VOLUME_EMPTY`, `VOLUME_MANIFEST_INVALID`, `VOLUME_CHANGED` and what the store throws.
 */
export async function openVolume(input: string, options: OpenVolumeOptions): Promise<Volume> {
  const uri = volumeUri(input);
  const store = (options.open ?? openStore)(uri);
  try {
    const pages = await findPages(store, options.signal);
    const version = volumeVersion(pages);
    refuseOtherVersion(uri, version, options.expectedVersion);
    const bytes = pages.reduce((sum, page) => sum + (page.size ?? 0), 0);
    return { uri, version, pages, bytes, store };
  } catch (error) {
    store.close();
    throw error;
  }
}

/** Throws `VOLUME_CHANGED` when the volume is not any more what it was when it was opened. */
export async function confirmUnchanged(volume: Volume, signal: AbortSignal): Promise<void> {
  const pages = await findPages(volume.store, signal);
  refuseOtherVersion(volume.uri, volumeVersion(pages), volume.version);
}

async function findPages(store: Store, signal: AbortSignal): Promise<Page[]> {
  const manifest = await readManifest(store, signal);
  const pages =
    manifest === undefined
      ? await listedPages(store, signal)
      : await manifestPages(store, manifest, signal);
  return pages.map((page, index) => ({ index, ...page }));
}

type UnnumberedPage = Omit<Page, 'index'>;

async function listedPages(store: Store, signal: AbortSignal): Promise<UnnumberedPage[]> {
  const files = await listFolder(store, signal);
  const pages = [...files.values()].filter(({ key }) => isPageFile(key));
  if (pages.length === 0) throw await emptyVolume(store, files.keys(), signal);
  return naturalSort(pages, ({ key }) => key).map((file) => toPage({ name: file.key }, file));
}

async function manifestPages(
  store: Store,
  bytes: Buffer,
  signal: AbortSignal,
): Promise<UnnumberedPage[]> {
  const where = store.uri + dimensionsKey;
  const { pages, skipped } = await parseDimensions(bytes, where);
  if (pages.length === 0) {
    const entries =
      skipped === 0 ? 'is an empty list' : `lists ${skipped} entries, none a page image`;
    throw new FleetError(
      'VOLUME_EMPTY',
      `${store.uri} has no page images: ${dimensionsKey} ${entries}`,
    );
  }
  const files = await listIfAllowed(store, signal);
  return naturalSort(pages, ({ name }) => name).map((page) => toPage(page, files.get(page.name)));
}

function toPage(
  { name, width, height }: ManifestPage,
  file: ObjectInfo | undefined,
): UnnumberedPage {
  return { name, key: name, size: file?.size, etag: file?.etag, width, height };
}

async function readManifest(store: Store, signal: AbortSignal): Promise<Buffer | undefined> {
  try {
    return await store.read(dimensionsKey, { signal, maxBytes: maxManifestBytes });
  } catch (error) {
    if (FleetError.is(error, 'STORE_NOT_FOUND')) return undefined;
    throw error;
  }
}

/** Sizes and etags are worth a listing, but a bucket may allow reading and not listing. */
async function listIfAllowed(
  store: Store,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, ObjectInfo>> {
  try {
    return await listFolder(store, signal);
  } catch (error) {
    if (FleetError.is(error, 'STORE_DENIED')) return new Map();
    throw error;
  }
}

function refuseOtherVersion(uri: string, version: string, expected: string | undefined): void {
  if (expected === undefined || expected === version) return;
  const [was, is] = [expected.slice(0, 12), version.slice(0, 12)];
  throw new FleetError(
    'VOLUME_CHANGED',
    `${uri} changed: it was at version ${was} and is at ${is}`,
  );
}
