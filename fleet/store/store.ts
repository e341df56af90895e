import type { Readable } from 'node:stream';

/** One object as a listing or a HEAD shows it. */
export interface ObjectInfo {
  /** Relative to the store's root; `/`-separated, never leading. */
  readonly key: string;
  /** Bytes. */
  readonly size: number;
  /** Opaque; equal etags mean equal bytes. Without quotes. */
  readonly etag: string;
  readonly modified: Date;
}

/** Bytes `start` to `end`, both inclusive, as HTTP counts them. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

export interface ReadOptions {
  readonly signal?: AbortSignal | undefined;
  readonly range?: ByteRange | undefined;
  /** Refuse an object larger than this before reading it (bytes). Throws `STORE_DAMAGED`. */
  readonly maxBytes?: number | undefined;
}

export interface WriteOptions {
  readonly signal?: AbortSignal | undefined;
  /** Write only if no object has the key (`If-None-Match: *`); otherwise throws `STORE_EXISTS`. */
  readonly ifAbsent?: boolean | undefined;
  readonly contentType?: string | undefined;
}

export interface ListOptions {
  readonly signal?: AbortSignal | undefined;
  /** Keys that begin with this (a plain string prefix). Default: everything. */
  readonly prefix?: string | undefined;
  /** True: do not descend past the next `/` after the prefix; deeper keys are left out. */
  readonly shallow?: boolean | undefined;
}

/**
 * A place for objects: an S3 prefix or a folder. Every implementation passes
 * `test/store/conformance.ts`. All errors are `FleetError` with a `STORE_*` code.
 */
export interface Store {
  /** The root, ending in `/`: `s3://bucket/prefix/` or `file:///path/`. */
  readonly uri: string;
  /** Undefined when there is no such object. */
  head(
    key: string,
    options?: { readonly signal?: AbortSignal | undefined },
  ): Promise<ObjectInfo | undefined>;
  /** The whole object (or range) in memory. Throws `STORE_NOT_FOUND`. Short bodies throw `STORE_DAMAGED`. */
  read(key: string, options?: ReadOptions): Promise<Buffer>;
  /** The object as a stream; errors after the first byte surface on the stream. */
  stream(key: string, options?: ReadOptions): Promise<Readable>;
  /** Writes whole or not at all: readers never see half an object. Streams go up in parts. */
  write(key: string, body: Uint8Array | Readable, options?: WriteOptions): Promise<ObjectInfo>;
  /** Every object under the root in key order (UTF-8 bytes), paginated underneath. */
  list(options?: ListOptions): AsyncIterable<ObjectInfo>;
  /** The sub-"folders" directly below `prefix`, each ending in `/`. */
  folders(
    prefix: string,
    options?: { readonly signal?: AbortSignal | undefined },
  ): AsyncIterable<string>;
  /** No error when there is nothing to delete. */
  delete(key: string, options?: { readonly signal?: AbortSignal | undefined }): Promise<void>;
  close(): void;
}
