import { rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { Readable } from 'node:stream';
import { checkKey, checkPrefix, invalidKey } from '../key.ts';
import type { ListOptions, ObjectInfo, ReadOptions, Store, WriteOptions } from '../store.ts';
import { formatStoreUri } from '../uri.ts';
import { errnoOf, fileError } from './errors.ts';
import { statOf } from './folder.ts';
import { findFolderOf, makeFolderOf } from './inside-root.ts';
import { listFiles, listFolders } from './list.ts';
import { objectInfo } from './object-info.ts';
import { readFileObject, streamFileObject } from './read.ts';
import { isTemporaryName } from './temporary-name.ts';
import { writeFileObject } from './write.ts';

interface Waiting {
  readonly signal?: AbortSignal | undefined;
}

/** A folder as a store. Folders on the way to a key are made when it is written. */
export class FileStore implements Store {
  readonly uri: string;
  readonly #root: string;

  /** @param root absolute path; it need not exist yet. */
  constructor(root: string) {
    this.#root = root;
    this.uri = formatStoreUri({ kind: 'file', folder: root });
  }

  async head(key: string, { signal }: Waiting = {}): Promise<ObjectInfo | undefined> {
    const path = this.#pathOf(key);
    signal?.throwIfAborted();
    const stats = await statOf(path);
    return stats?.isFile() ? objectInfo(key, stats) : undefined;
  }

  async read(key: string, options: ReadOptions = {}): Promise<Buffer> {
    const path = this.#pathOf(key);
    options.signal?.throwIfAborted();
    return orAbortReason(readFileObject(path, options), options.signal);
  }

  async stream(key: string, options: ReadOptions = {}): Promise<Readable> {
    const path = this.#pathOf(key);
    options.signal?.throwIfAborted();
    return streamFileObject(path, options);
  }

  async write(
    key: string,
    body: Uint8Array | Readable,
    options: WriteOptions = {},
  ): Promise<ObjectInfo> {
    try {
      const path = this.#pathOf(key);
      options.signal?.throwIfAborted();
      const folder = await makeFolderOf(this.#root, this.uri, key).catch((error: unknown) => {
        throw fileError(error, path);
      });
      const to = { folder, name: basename(key), key };
      return await orAbortReason(writeFileObject(to, body, options), options.signal);
    } finally {
      // Nobody else would, when the write ended before the source did.
      if (body instanceof Readable) body.destroy();
    }
  }

  async *list({
    prefix = '',
    shallow = false,
    signal,
  }: ListOptions = {}): AsyncGenerator<ObjectInfo> {
    checkPrefix(this.uri, prefix);
    yield* listFiles({ root: this.#root, prefix, shallow, signal });
  }

  async *folders(prefix: string, { signal }: Waiting = {}): AsyncGenerator<string> {
    checkPrefix(this.uri, prefix);
    yield* listFolders({ root: this.#root, prefix, signal });
  }

  async delete(key: string, { signal }: Waiting = {}): Promise<void> {
    const path = this.#pathOf(key);
    signal?.throwIfAborted();
    try {
      if (await findFolderOf(this.#root, this.uri, key)) await rm(path, { force: true });
    } catch (error) {
      // A folder is no object, so there is nothing to delete.
      if (errnoOf(error) !== 'ERR_FS_EISDIR') throw fileError(error, path);
    }
  }

  close(): void {}

  #pathOf(key: string): string {
    checkKey(this.uri, key);
    if (key.includes('\\')) throw invalidKey(this.uri, key, 'it contains a backslash');
    if (key.split('/').some(isTemporaryName)) {
      throw invalidKey(this.uri, key, 'such names are kept for files that are being written');
    }
    return join(this.#root, key);
  }
}

async function orAbortReason<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  try {
    return await work;
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  }
}
