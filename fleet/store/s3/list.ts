import { ListObjectsV2Command, type ListObjectsV2CommandOutput } from '@aws-sdk/client-s3';
import type { ObjectInfo } from '../store.ts';
import type { S3Bucket } from './bucket.ts';
import { decodeKey } from './decode-key.ts';
import { s3ObjectInfo } from './object-info.ts';

interface Listing {
  /** The whole prefix within the bucket. */
  readonly prefix: string;
  /** The length of the part that keys in the store do not have. */
  readonly rootLength: number;
  readonly signal: AbortSignal | undefined;
}

/**
 * The objects whose key begins with the prefix, in key order. The empty objects by which S3's
 * consoles show a folder (their key ends in `/`) are left out.
 */
export async function* listObjects(
  bucket: S3Bucket,
  listing: Listing,
  shallow: boolean,
): AsyncGenerator<ObjectInfo> {
  for await (const page of pages(bucket, listing, shallow)) {
    for (const object of page.Contents ?? []) {
      const key = decodeKey(object.Key).slice(listing.rootLength);
      if (key === '' || key.endsWith('/')) continue;
      yield s3ObjectInfo(key, { ...object, ContentLength: object.Size });
    }
  }
}

/** The folders directly below the prefix, in key order, each ending in `/`. */
export async function* listPrefixes(bucket: S3Bucket, listing: Listing): AsyncGenerator<string> {
  for await (const page of pages(bucket, listing, true)) {
    for (const { Prefix } of page.CommonPrefixes ?? []) {
      yield decodeKey(Prefix).slice(listing.rootLength);
    }
  }
}

async function* pages(
  bucket: S3Bucket,
  { prefix, signal }: Listing,
  shallow: boolean,
): AsyncGenerator<ListObjectsV2CommandOutput> {
  let continuation: string | undefined;
  do {
    const command = new ListObjectsV2Command({
      Bucket: bucket.name,
      Prefix: prefix,
      // XML cannot hold every character that a key can.
      EncodingType: 'url',
      ...(shallow && { Delimiter: '/' }),
      ...(continuation && { ContinuationToken: continuation }),
    });
    const page = await bucket.request(prefix, signal, (http) => bucket.client.send(command, http));
    yield page;
    continuation = page.IsTruncated ? page.NextContinuationToken : undefined;
  } while (continuation);
}
