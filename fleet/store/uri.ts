import { isAbsolute, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { FleetError } from '../errors/fleet-error.ts';

/** Where a store lives. Folders are absolute; prefixes are empty or end in `/`. */
export type StoreLocation =
  | { readonly kind: 'file'; readonly folder: string }
  | { readonly kind: 's3'; readonly bucket: string; readonly prefix: string };

const SCHEME = /^[a-z][a-z0-9+.-]*:/i;
const BUCKET = /^[A-Za-z0-9][A-Za-z0-9._-]{1,253}[A-Za-z0-9]$/;

/**
 * Understands `s3://bucket/prefix/`, `file:///path/` and plain paths (relative ones from the
 * working directory). What follows `s3://` is taken literally, as every S3 tool does: no `%20`.
 * Throws `STORE_URI_INVALID`.
 */
export function parseStoreUri(uri: string): StoreLocation {
  if (uri === '' || uri.includes('\0') || !uri.isWellFormed()) {
    throw invalid(uri, uri === '' ? 'it is empty' : 'it has a character that no name can have');
  }
  if (uri.startsWith('s3://')) return s3Location(uri);
  if (/^file:/i.test(uri)) return { kind: 'file', folder: fileFolder(uri) };
  if (SCHEME.test(uri) && !isAbsolute(uri)) {
    throw invalid(uri, `"${uri.slice(0, uri.indexOf(':'))}:" is not a kind of store`);
  }
  return { kind: 'file', folder: resolve(uri) };
}

/** The location as a store's `uri`: always ends in `/`. */
export function formatStoreUri(location: StoreLocation): string {
  if (location.kind === 's3') return `s3://${location.bucket}/${location.prefix}`;
  const { href } = pathToFileURL(location.folder);
  return href.endsWith('/') ? href : `${href}/`;
}

function s3Location(uri: string): StoreLocation {
  const [bucket = '', ...segments] = uri.slice('s3://'.length).split('/');
  if (!BUCKET.test(bucket)) throw invalid(uri, `"${bucket}" is not a bucket name`);
  if (segments.at(-1) === '') segments.pop();
  if (segments.some((segment) => ['', '.', '..'].includes(segment))) {
    throw invalid(uri, 'its prefix has an empty, "." or ".." segment');
  }
  return { kind: 's3', bucket, prefix: segments.map((segment) => `${segment}/`).join('') };
}

function fileFolder(uri: string): string {
  try {
    if (!/^file:\/\//i.test(uri)) throw new TypeError('two slashes must follow "file:"');
    return resolve(fileURLToPath(uri));
  } catch (cause) {
    throw invalid(uri, cause instanceof Error ? cause.message : String(cause), cause);
  }
}

function invalid(uri: string, why: string, cause?: unknown): FleetError {
  return new FleetError('STORE_URI_INVALID', `"${uri}" is not the URI of a store: ${why}.`, {
    cause,
  });
}
