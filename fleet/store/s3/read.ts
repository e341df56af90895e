import { randomInt } from 'node:crypto';
import { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import { FleetError } from '../../errors/fleet-error.ts';
import {
  asStream,
  type ExpectedBody,
  refuseLarger,
  shortBody,
  wholeBody,
} from '../object-stream.ts';
import type { ReadOptions } from '../store.ts';
import type { S3Bucket } from './bucket.ts';
import { watchIdle } from './idle-watch.ts';

/** Tries of a body that breaks off or stalls, which the SDK's own retry does not cover. */
const BODY_ATTEMPTS = 3;
const BODY_RETRY_DELAY = 200;

interface S3Object {
  readonly bytes: Buffer;
  readonly etag: string | undefined;
}

/** The object in memory; read again from the start when its body breaks off. */
export async function readS3Object(
  bucket: S3Bucket,
  key: string,
  options: ReadOptions,
): Promise<S3Object> {
  for (let attempt = 1; ; attempt += 1) {
    const body = await openBody(bucket, key, options);
    try {
      return { bytes: await collect(body.chunks), etag: body.etag };
    } catch (error) {
      const again = attempt < BODY_ATTEMPTS && FleetError.is(error) && error.retryable;
      if (!again) throw error;
    } finally {
      body.source.destroy();
    }
    await delay(randomInt(BODY_RETRY_DELAY) * attempt, undefined, { signal: options.signal });
  }
}

export async function streamS3Object(
  bucket: S3Bucket,
  key: string,
  options: ReadOptions,
): Promise<Readable> {
  const { chunks, source } = await openBody(bucket, key, options);
  return asStream(chunks, source);
}

async function collect(chunks: AsyncIterable<Buffer>): Promise<Buffer> {
  const all: Buffer[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return Buffer.concat(all);
}

interface OpenBody {
  readonly etag: string | undefined;
  readonly source: Readable;
  readonly chunks: AsyncIterable<Buffer>;
}

async function openBody(bucket: S3Bucket, key: string, options: ReadOptions): Promise<OpenBody> {
  const { range, signal, maxBytes } = options;
  const command = new GetObjectCommand({
    Bucket: bucket.name,
    Key: key,
    ...(range && { Range: `bytes=${range.start}-${range.end}` }),
  });
  const answer = await bucket.request(key, signal, (http) => bucket.client.send(command, http));
  const expected: ExpectedBody = {
    name: bucket.nameOf(key),
    length: answer.ContentLength,
    maxBytes,
  };
  const source = answer.Body;
  if (!(source instanceof Readable)) throw shortBody(expected, 'the answer has no body');
  try {
    refuseLarger(expected);
  } catch (error) {
    source.destroy();
    throw error;
  }
  const watched = watchIdle(source, bucket.timeouts.idle, expected.name);
  const chunks = wholeBody(explained(watched, expected, signal), expected);
  return { source, chunks, etag: answer.ETag };
}

/** A connection that ends in the middle of a body, or a wrong checksum, as `STORE_DAMAGED`. */
async function* explained(
  chunks: AsyncIterable<Buffer>,
  expected: ExpectedBody,
  signal: AbortSignal | undefined,
): AsyncGenerator<Buffer> {
  try {
    yield* chunks;
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof FleetError) throw error;
    throw shortBody(expected, error instanceof Error ? error.message : String(error), error);
  }
}
