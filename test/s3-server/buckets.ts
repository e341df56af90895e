import { randomUUID } from 'node:crypto';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { inject } from 'vitest';
import { openStore } from '../../fleet/store/open.ts';
import { clientConfig, type S3Settings } from '../../fleet/store/s3/settings.ts';
import type { Store } from '../../fleet/store/store.ts';
import type { S3Answer } from './global-setup.ts';
import type { S3Access } from './server.ts';

/**
 * How to reach the test run's S3 server, which the first call starts. Undefined, after a sentence
 * on the console, where none can be had; in CI (`CI` set) that is an error instead.
 *
 * @example
 * const s3 = await s3Access();
 * describe.skipIf(s3 === undefined)('…', () => { … });
 */
export async function s3Access(): Promise<S3Access | undefined> {
  const response = await fetch(inject('s3Control'));
  if (!response.ok) throw new Error(await response.text());
  const answer = (await response.json()) as S3Answer;
  if (!('missing' in answer)) return answer;
  if (process.env['CI']) throw new Error(`${answer.missing} CI must not skip the S3 tests.`);
  console.warn(`SKIPPED the S3 tests. ${answer.missing}`);
  return undefined;
}

/** Settings for a store on the test server. */
export function s3Settings(access: S3Access): S3Settings {
  const { endpoint, accessKeyId, secretAccessKey } = access;
  return { endpoint, credentials: { accessKeyId, secretAccessKey }, region: 'us-east-1' };
}

/** A new, empty bucket. Returns its name. */
export async function makeBucket(access: S3Access): Promise<string> {
  const name = `test-${randomUUID()}`;
  const client = s3Client(access);
  await client.send(new CreateBucketCommand({ Bucket: name }));
  client.destroy();
  return name;
}

/** A store on a bucket of its own. */
export async function s3TestStore(access: S3Access): Promise<Store> {
  return openStore(`s3://${await makeBucket(access)}/a/prefix/`, s3Settings(access));
}

/** The SDK itself, for what a store does not show. */
export function s3Client(access: S3Access): S3Client {
  return new S3Client(clientConfig(s3Settings(access)));
}
