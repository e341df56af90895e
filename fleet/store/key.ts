import { FleetError } from '../errors/fleet-error.ts';

/** UTF-8 bytes that S3 allows for a whole key, prefix included (Amazon S3, "Object key names"). */
const LONGEST_KEY = 1024;

/**
 * Refuses keys that could leave the root or that not every store can hold: empty, absolute, with
 * an empty, `.` or `..` segment, a NUL, half a surrogate pair, or too long. Throws `STORE_KEY_INVALID`.
 */
export function checkKey(storeUri: string, key: string): void {
  const why = key === '' ? 'it is empty' : (pathProblem(key) ?? segmentProblem(key.split('/')));
  if (why !== undefined) throw invalidKey(storeUri, key, why);
}

/** Like `checkKey` for a plain string prefix, which may be empty or stop inside a segment. */
export function checkPrefix(storeUri: string, prefix: string): void {
  const why = pathProblem(prefix) ?? segmentProblem(prefix.split('/').slice(0, -1));
  if (why !== undefined) throw invalidKey(storeUri, prefix, why);
}

export function invalidKey(
  storeUri: string,
  key: string,
  why: string,
  cause?: unknown,
): FleetError {
  return new FleetError(
    'STORE_KEY_INVALID',
    `${JSON.stringify(key)} is not a key in ${storeUri}: ${why}.`,
    { cause },
  );
}

function pathProblem(key: string): string | undefined {
  if (key.startsWith('/')) return 'it is absolute';
  if (key.includes('\0')) return 'it contains a NUL character';
  if (!key.isWellFormed()) return 'it is not well-formed Unicode';
  if (Buffer.byteLength(key) > LONGEST_KEY) return `it is longer than ${LONGEST_KEY} bytes`;
  return undefined;
}

function segmentProblem(segments: readonly string[]): string | undefined {
  if (segments.includes('')) return 'it has an empty segment';
  const dots = segments.find((segment) => segment === '.' || segment === '..');
  return dots === undefined ? undefined : `it has a "${dots}" segment`;
}
