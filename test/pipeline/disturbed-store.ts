import type { Readable } from 'node:stream';
import type {
  ListOptions,
  ObjectInfo,
  ReadOptions,
  Store,
  WriteOptions,
} from '../../fleet/store/store.ts';

type Operation = 'head' | 'read' | 'write' | 'list' | 'delete';

/** What happens around the calls of a real store; throwing makes the call fail. */
export interface Disturbance {
  before?(operation: Operation, key: string): Promise<void> | void;
  after?(operation: Operation, key: string): Promise<void> | void;
}

/** A real store with faults on the way to it and back. */
export class DisturbedStore implements Store {
  readonly #store: Store;
  readonly #disturbance: Disturbance;

  constructor(store: Store, disturbance: Disturbance) {
    this.#store = store;
    this.#disturbance = disturbance;
  }

  get uri(): string {
    return this.#store.uri;
  }

  async head(key: string, options?: { signal?: AbortSignal | undefined }) {
    return await this.#disturbed('head', key, async () => await this.#store.head(key, options));
  }

  async read(key: string, options?: ReadOptions): Promise<Buffer> {
    return await this.#disturbed('read', key, async () => await this.#store.read(key, options));
  }

  async stream(key: string, options?: ReadOptions): Promise<Readable> {
    return await this.#disturbed('read', key, async () => await this.#store.stream(key, options));
  }

  async write(key: string, body: Uint8Array | Readable, options?: WriteOptions) {
    return await this.#disturbed(
      'write',
      key,
      async () => await this.#store.write(key, body, options),
    );
  }

  async *list(options?: ListOptions): AsyncGenerator<ObjectInfo> {
    await this.#disturbance.before?.('list', options?.prefix ?? '');
    yield* this.#store.list(options);
  }

  folders(prefix: string, options?: { signal?: AbortSignal | undefined }) {
    return this.#store.folders(prefix, options);
  }

  async delete(key: string, options?: { signal?: AbortSignal | undefined }): Promise<void> {
    await this.#disturbed('delete', key, async () => await this.#store.delete(key, options));
  }

  close(): void {
    this.#store.close();
  }

  async #disturbed<T>(operation: Operation, key: string, call: () => Promise<T>): Promise<T> {
    await this.#disturbance.before?.(operation, key);
    const result = await call();
    await this.#disturbance.after?.(operation, key);
    return result;
  }
}
