import { addAbortSignal, type Readable } from 'node:stream';
import { PutObjectCommand, type S3Client, UploadPartCommand } from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import type { WriteOptions } from '../store.ts';
import type { S3Bucket } from './bucket.ts';
import { s3Error } from './errors.ts';

/** Bytes. S3 allows 10,000 parts, so an object may have 78 GiB. */
export const PART_SIZE = 8 * 1024 * 1024;

/** Parts under way at once: with the one being filled, 40 MiB of memory for an upload. */
const CONCURRENCY = 4;

interface Uploaded {
  readonly size: number;
  readonly etag: string | undefined;
}

/**
 * Writes a stream in parts; a short one in a single request. When the source fails, a part fails or
 * the signal aborts, it throws only after the server has dropped the parts that it had already.
 */
export async function uploadStream(
  bucket: S3Bucket,
  key: string,
  source: Readable,
  { signal, contentType }: WriteOptions,
): Promise<Uploaded> {
  const failures = watchFailures(source);
  if (signal) addAbortSignal(signal, source);
  const parts = new PartClient(bucket, failures.stop, signal);
  const upload = new Upload({
    client: parts.client,
    params: {
      Bucket: bucket.name,
      Key: key,
      Body: source,
      ...(contentType && { ContentType: contentType }),
    },
    partSize: PART_SIZE,
    queueSize: CONCURRENCY,
  });
  try {
    const { ETag } = await upload.done();
    return { size: parts.sentBytes, etag: ETag };
  } catch (error) {
    signal?.throwIfAborted();
    throw failures.ofSource() ?? s3Error(error, bucket.nameOf(key));
  }
}

/** Tells a source that failed by itself from one that was stopped because its upload failed. */
function watchFailures(source: Readable) {
  let stopped = false;
  let failure: Error | undefined;
  source.once('error', (error: Error) => {
    if (!stopped) failure = error;
  });
  return {
    ofSource: () => failure,
    stop: (error: Error) => {
      stopped = true;
      source.destroy(error);
    },
  };
}

/**
 * The bucket's client as `Upload` should use it. By itself `Upload` does not pass a signal to the
 * parts under way, and reads the source to its end when one part has failed.
 */
class PartClient {
  readonly client: S3Client;
  sentBytes = 0;

  constructor(bucket: S3Bucket, stop: (error: Error) => void, signal: AbortSignal | undefined) {
    const send = async (command: Parameters<S3Client['send']>[0]): Promise<unknown> => {
      const bytes = partOf(command);
      if (bytes === undefined) return bucket.client.send(command);
      this.sentBytes += bytes.length;
      const requestTimeout = bucket.uploadTimeout(bytes.length);
      try {
        return await bucket.client.send(command, {
          requestTimeout,
          ...(signal && { abortSignal: signal }),
        });
      } catch (error) {
        stop(error instanceof Error ? error : new Error(String(error)));
        throw error;
      }
    };
    this.client = Object.create(bucket.client, { send: { value: send } }) as S3Client;
  }
}

/** The bytes of a request that carries a part. Others run to their end: they are short, and an
 * abandoned creation of an upload would leave one behind. */
function partOf(command: object): Uint8Array | undefined {
  const carries = command instanceof UploadPartCommand || command instanceof PutObjectCommand;
  return carries && command.input.Body instanceof Uint8Array ? command.input.Body : undefined;
}
