import { randomInt } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { PutObjectCommand, type PutObjectCommandOutput } from '@aws-sdk/client-s3';
import { FleetError } from '../../errors/fleet-error.ts';
import type { WriteOptions } from '../store.ts';
import type { S3Bucket } from './bucket.ts';
import { attemptsOf, statusOf } from './errors.ts';
import { readS3Object } from './read.ts';

const CONFLICT = 409;
const PRECONDITION_FAILED = 412;

/** Tries while other conditional writes of the same key are under way, which AWS answers with 409. */
const CONFLICT_ATTEMPTS = 6;
const CONFLICT_DELAY = 100;

/** Writes the bytes in one request. Returns the etag. */
export async function putObject(
  bucket: S3Bucket,
  key: string,
  bytes: Uint8Array,
  options: WriteOptions,
): Promise<string | undefined> {
  if (options.ifAbsent) return putOnce(bucket, key, bytes, options);
  return (await send(bucket, key, bytes, options)).ETag;
}

async function putOnce(bucket: S3Bucket, key: string, bytes: Uint8Array, options: WriteOptions) {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return (await send(bucket, key, bytes, options)).ETag;
    } catch (error) {
      const answer = FleetError.is(error) ? error.cause : error;
      if (statusOf(answer) === PRECONDITION_FAILED && attemptsOf(answer) > 1) {
        return await ownEarlierTry(bucket, key, bytes, options, error);
      }
      if (statusOf(answer) !== CONFLICT || attempt === CONFLICT_ATTEMPTS) throw error;
    }
    await delay(randomInt(CONFLICT_DELAY) * attempt, undefined, { signal: options.signal });
  }
}

/**
 * When a try succeeded but its answer was lost, the next one finds the object there. It is this
 * write's own if it has the same bytes; to a caller that is no different from having written it.
 */
async function ownEarlierTry(
  bucket: S3Bucket,
  key: string,
  bytes: Uint8Array,
  { signal }: WriteOptions,
  refusal: unknown,
): Promise<string | undefined> {
  const found = await readS3Object(bucket, key, { signal });
  if (Buffer.compare(found.bytes, bytes) !== 0) throw refusal;
  return found.etag;
}

async function send(
  bucket: S3Bucket,
  key: string,
  bytes: Uint8Array,
  { signal, ifAbsent, contentType }: WriteOptions,
): Promise<PutObjectCommandOutput> {
  const command = new PutObjectCommand({
    Bucket: bucket.name,
    Key: key,
    Body: bytes,
    ...(contentType && { ContentType: contentType }),
    ...(ifAbsent && { IfNoneMatch: '*' }),
  });
  const requestTimeout = bucket.uploadTimeout(bytes.length);
  return bucket.request(key, signal, (http) =>
    bucket.client.send(command, { ...http, requestTimeout }),
  );
}
