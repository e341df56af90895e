import type { Readable } from 'node:stream';
import { checkKey, checkPrefix } from './key.ts';
import type { ListOptions, ObjectInfo, ReadOptions, Store, WriteOptions } from './store.ts';
import { formatStoreUri, parseStoreUri } from './uri.ts';

/**
 * A store rooted deeper in another one: `subStore(store, 'ocr/W22084/')`. It shares the outer
 * store's connection and leaves closing to it. Throws `STORE_KEY_INVALID`.
 */
export function subStore(store: Store, folder: string): Store {
  const name = folder.replace(/\/$/, '');
  checkKey(store.uri, name);
  return new SubStore(store, `${name}/`);
}

class SubStore implements Store {
  readonly uri: string;
  readonly #outer: Store;
  readonly #folder: string;

  constructor(outer: Store, folder: string) {
    this.uri = deeperUri(outer.uri, folder);
    this.#outer = outer;
    this.#folder = folder;
  }

  async head(key: string, options?: { readonly signal?: AbortSignal | undefined }) {
    const info = await this.#outer.head(this.#outerKey(key), options);
    return info && this.#innerInfo(info);
  }

  async read(key: string, options?: ReadOptions): Promise<Buffer> {
    return this.#outer.read(this.#outerKey(key), options);
  }

  async stream(key: string, options?: ReadOptions): Promise<Readable> {
    return this.#outer.stream(this.#outerKey(key), options);
  }

  async write(key: string, body: Uint8Array | Readable, options?: WriteOptions) {
    return this.#innerInfo(await this.#outer.write(this.#outerKey(key), body, options));
  }

  async *list(options: ListOptions = {}): AsyncGenerator<ObjectInfo> {
    const prefix = this.#outerPrefix(options.prefix ?? '');
    for await (const info of this.#outer.list({ ...options, prefix })) yield this.#innerInfo(info);
  }

  async *folders(prefix: string, options?: { readonly signal?: AbortSignal | undefined }) {
    for await (const folder of this.#outer.folders(this.#outerPrefix(prefix), options)) {
      yield folder.slice(this.#folder.length);
    }
  }

  async delete(key: string, options?: { readonly signal?: AbortSignal | undefined }) {
    await this.#outer.delete(this.#outerKey(key), options);
  }

  close(): void {}

  #outerKey(key: string): string {
    checkKey(this.uri, key);
    return this.#folder + key;
  }

  #outerPrefix(prefix: string): string {
    checkPrefix(this.uri, prefix);
    return this.#folder + prefix;
  }

  #innerInfo(info: ObjectInfo): ObjectInfo {
    return { ...info, key: info.key.slice(this.#folder.length) };
  }
}

function deeperUri(uri: string, folder: string): string {
  const outer = parseStoreUri(uri);
  return formatStoreUri(
    outer.kind === 's3'
      ? { ...outer, prefix: outer.prefix + folder }
      : { ...outer, folder: `${outer.folder}/${folder}` },
  );
}
