import { createHash } from 'node:crypto';
import { parseStoreUri } from '../store/uri.ts';

/** Longer path segments are cut: file systems end at 255 bytes. */
const maxSegmentLength = 200;

/**
 * The folders that stand for a volume in the paths of its artefacts:
 * `s3://bucket/a/b/` → `bucket/a/b`, `file:///x/y/` → `_local/x/y` (no bucket begins with "_").
 * Different volumes get different slugs, and none leads out of the folder it is put in.
 */
export function volumeSlug(uri: string): string {
  const location = parseStoreUri(uri);
  const [root, path] =
    location.kind === 's3' ? [location.bucket, location.prefix] : ['_local', location.folder];
  return [
    root,
    ...path
      .split('/')
      .filter((segment) => segment !== '')
      .map(safeSegment),
  ].join('/');
}

/**
 * A name as one path segment: letters, digits and `._-` stay, the rest is percent-encoded. For
 * whatever a user may have named (folders, jobs).
 */
export function safeSegment(name: string): string {
  if (name === '') return '%';
  if (name === '.' || name === '..') return name.replaceAll('.', '%2E');
  const encoded = encodeURIComponent(name).replace(/[~!'()*]/g, percent);
  if (encoded.length <= maxSegmentLength) return encoded;
  const digest = createHash('sha256').update(name).digest('hex').slice(0, 16);
  return `${encoded.slice(0, maxSegmentLength - digest.length - 1)}~${digest}`;
}

function percent(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
}
