import { createHash } from 'node:crypto';
import { formatStoreUri, parseStoreUri } from '../store/uri.ts';

/**
 * What a user wrote as the one spelling that volumes are registered under: `s3://bucket/prefix/`
 * or `file:///absolute/path/`, with a slash at the end. Throws `STORE_URI_INVALID`.
 */
export function volumeUri(input: string): string {
  return formatStoreUri(parseStoreUri(input));
}

/**
 * Where the Buddhist Digital Resource Center keeps the images of an image group:
 * `Works/{first two hex digits of md5(work)}/{work}/images/{work}-{suffix}/` below `root`. The
 * suffix is the image group, without its "I" when that is followed by exactly four digits.
 */
export function bdrcVolumeUri(work: string, imageGroup: string, root: string): string {
  const shard = createHash('md5').update(work).digest('hex').slice(0, 2);
  const suffix = /^I\d{4}$/.test(imageGroup) ? imageGroup.slice(1) : imageGroup;
  return below(root, `Works/${shard}/${work}/images/${work}-${suffix}`);
}

/** The URI of a folder below a store's root. `path` is literal (nothing in it is an escape). */
export function below(root: string, path: string): string {
  const location = parseStoreUri(root);
  return formatStoreUri(
    location.kind === 's3'
      ? parseStoreUri(`s3://${location.bucket}/${location.prefix}${path}`)
      : { kind: 'file', folder: `${location.folder === '/' ? '' : location.folder}/${path}` },
  );
}
