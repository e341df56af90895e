import { Readable } from 'node:stream';
import { DeleteObjectCommand, HeadObjectCommand } from '@aws-sdk/client-s3';
import { FleetError } from '../../errors/fleet-error.ts';
import { checkKey, checkPrefix } from '../key.ts';
import type { ListOptions, ObjectInfo, ReadOptions, Store, WriteOptions } from '../store.ts';
import { formatStoreUri } from '../uri.ts';
import type { S3Bucket } from './bucket.ts';
import { listObjects, listPrefixes } from './list.ts';
import { s3ObjectInfo } from './object-info.ts';
import { putObject } from './put.ts';
import { readS3Object, streamS3Object } from './read.ts';
import { PART_SIZE, uploadStream } from './upload.ts';

interface Waiting {
  readonly signal?: AbortSignal | undefined;
}

/** A prefix of a bucket as a store. After a write, `modified` is this machine's time. */
export class S3Store implements Store {
  readonly uri: string;
  readonly #bucket: S3Bucket;
  readonly #prefix: string;
  readonly #close: () => void;

  /** @param prefix empty, or ends in `/`. */
  constructor(bucket: S3Bucket, prefix: string, close: () => void = () => {}) {
    this.uri = formatStoreUri({ kind: 's3', bucket: bucket.name, prefix });
    this.#bucket = bucket;
    this.#prefix = prefix;
    this.#close = close;
  }

  async head(key: string, { signal }: Waiting = {}): Promise<ObjectInfo | undefined> {
    const command = new HeadObjectCommand({ Bucket: this.#bucket.name, Key: this.#wholeKey(key) });
    try {
      const answer = await this.#bucket.request(this.#prefix + key, signal, (http) =>
        this.#bucket.client.send(command, http),
      );
      return s3ObjectInfo(key, answer);
    } catch (error) {
      if (FleetError.is(error, 'STORE_NOT_FOUND')) return undefined;
      throw error;
    }
  }

  async read(key: string, options: ReadOptions = {}): Promise<Buffer> {
    return (await readS3Object(this.#bucket, this.#wholeKey(key), options)).bytes;
  }

  async stream(key: string, options: ReadOptions = {}): Promise<Readable> {
    return streamS3Object(this.#bucket, this.#wholeKey(key), options);
  }

  async write(
    key: string,
    body: Uint8Array | Readable,
    options: WriteOptions = {},
  ): Promise<ObjectInfo> {
    try {
      const whole = this.#wholeKey(key);
      options.signal?.throwIfAborted();
      const { size, etag } = await this.#send(whole, body, options);
      const written = { ContentLength: size, ETag: etag, LastModified: new Date() };
      // Ceph does not say the etag of an upload in parts.
      return (etag ? undefined : await this.head(key, options)) ?? s3ObjectInfo(key, written);
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
    yield* listObjects(this.#bucket, this.#listing(prefix, signal), shallow);
  }

  async *folders(prefix: string, { signal }: Waiting = {}): AsyncGenerator<string> {
    yield* listPrefixes(this.#bucket, this.#listing(prefix, signal));
  }

  async delete(key: string, { signal }: Waiting = {}): Promise<void> {
    const command = new DeleteObjectCommand({
      Bucket: this.#bucket.name,
      Key: this.#wholeKey(key),
    });
    await this.#bucket.request(this.#prefix + key, signal, (http) =>
      this.#bucket.client.send(command, http),
    );
  }

  close(): void {
    this.#close();
  }

  async #send(key: string, body: Uint8Array | Readable, options: WriteOptions) {
    if (body instanceof Uint8Array && (options.ifAbsent || body.length <= PART_SIZE)) {
      return { size: body.length, etag: await putObject(this.#bucket, key, body, options) };
    }
    if (options.ifAbsent) throw streamedOnce(this.#bucket.nameOf(key));
    const source =
      body instanceof Readable ? body : Readable.from(slices(body), { objectMode: false });
    return uploadStream(this.#bucket, key, source, options);
  }

  #wholeKey(key: string): string {
    checkKey(this.uri, key);
    checkKey(this.uri, this.#prefix + key);
    return this.#prefix + key;
  }

  #listing(prefix: string, signal: AbortSignal | undefined) {
    checkPrefix(this.uri, prefix);
    return { prefix: this.#prefix + prefix, rootLength: this.#prefix.length, signal };
  }
}

/** Servers differ in whether they heed the condition on completing an upload in parts. */
function streamedOnce(name: string): FleetError {
  const problem = `${name} cannot be written once only from a stream: S3 does it for whole buffers.`;
  return new FleetError('STORE_UNSUPPORTED', problem, {
    remedy: 'Write a buffer, or without the condition.',
  });
}

function* slices(bytes: Uint8Array): Generator<Uint8Array> {
  for (let start = 0; start < bytes.length; start += PART_SIZE) {
    yield bytes.subarray(start, start + PART_SIZE);
  }
}
