import type { ObjectInfo } from '../store.ts';

interface S3Attributes {
  readonly ContentLength?: number | undefined;
  readonly ETag?: string | undefined;
  readonly LastModified?: Date | undefined;
}

/** S3 puts etags in quotes, and some servers give fractions of a second in listings only. */
export function s3ObjectInfo(key: string, attributes: S3Attributes): ObjectInfo {
  return {
    key,
    size: attributes.ContentLength ?? 0,
    etag: (attributes.ETag ?? '').replaceAll('"', ''),
    modified: wholeSecond(attributes.LastModified ?? new Date(0)),
  };
}

const wholeSecond = (time: Date): Date => new Date(Math.floor(time.getTime() / 1000) * 1000);
