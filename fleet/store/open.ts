import { FileStore } from './file/file-store.ts';
import { S3Bucket } from './s3/bucket.ts';
import { S3Store } from './s3/s3-store.ts';
import type { S3Settings } from './s3/settings.ts';
import type { Store } from './store.ts';
import { parseStoreUri } from './uri.ts';

/**
 * Opens the store at `s3://bucket/prefix/`, `file:///path/` or a plain path. Nothing is contacted
 * before the first call. Closing it ends its connections. Throws `STORE_URI_INVALID`.
 *
 * @example
 * const scans = openStore('s3://scans/W22084/');
 * for await (const page of scans.list({ shallow: true })) console.log(page.key, page.size);
 */
export function openStore(uri: string, settings: S3Settings = {}): Store {
  const location = parseStoreUri(uri);
  if (location.kind === 'file') return new FileStore(location.folder);
  const bucket = new S3Bucket(location.bucket, settings);
  return new S3Store(bucket, location.prefix, () => bucket.close());
}

/**
 * Stores that share their connections: one S3 client for each bucket, so that credentials, sockets
 * and what the adaptive retry has learned of a bucket's limits serve all volumes in it, and
 * throttling in one bucket does not slow another.
 */
export class StoreOpener {
  readonly #settings: S3Settings;
  readonly #buckets = new Map<string, S3Bucket>();

  constructor(settings: S3Settings = {}) {
    this.#settings = settings;
  }

  /** Like `openStore`; the store's own `close` does nothing. Throws `STORE_URI_INVALID`. */
  open(uri: string): Store {
    const location = parseStoreUri(uri);
    if (location.kind === 'file') return new FileStore(location.folder);
    return new S3Store(this.#bucket(location.bucket), location.prefix);
  }

  close(): void {
    for (const bucket of this.#buckets.values()) bucket.close();
    this.#buckets.clear();
  }

  #bucket(name: string): S3Bucket {
    const open = this.#buckets.get(name) ?? new S3Bucket(name, this.#settings);
    this.#buckets.set(name, open);
    return open;
  }
}
