import type { ErrorCode } from '../../errors/catalogue.ts';
import { FleetError } from '../../errors/fleet-error.ts';

interface Meaning {
  readonly code: ErrorCode;
  readonly says: string;
}

const MEANINGS: Readonly<Record<string, Meaning>> = {
  ENOENT: { code: 'STORE_NOT_FOUND', says: 'does not exist' },
  EISDIR: { code: 'STORE_NOT_FOUND', says: 'is a folder, not a file' },
  ENOTDIR: { code: 'STORE_NOT_FOUND', says: 'lies below something that is not a folder' },
  ELOOP: { code: 'STORE_NOT_FOUND', says: 'is a circle of symbolic links' },
  ENXIO: { code: 'STORE_NOT_FOUND', says: 'is not a plain file' },
  EEXIST: { code: 'STORE_EXISTS', says: 'exists already' },
  ENAMETOOLONG: { code: 'STORE_KEY_INVALID', says: 'has a name too long for its file system' },
  EILSEQ: { code: 'STORE_KEY_INVALID', says: 'has a name that its file system cannot hold' },
  EACCES: { code: 'STORE_DENIED', says: 'may not be used by this user' },
  EPERM: { code: 'STORE_DENIED', says: 'may not be used by this user' },
  EROFS: { code: 'STORE_DENIED', says: 'is on a file system that is mounted read-only' },
  ENOSPC: { code: 'STORE_UNAVAILABLE', says: 'could not be written: the disk is full' },
  EDQUOT: {
    code: 'STORE_UNAVAILABLE',
    says: "could not be written: this user's disk quota is used up",
  },
  EMFILE: {
    code: 'STORE_UNAVAILABLE',
    says: 'could not be opened: this process has too many open files',
  },
  EIO: {
    code: 'STORE_UNAVAILABLE',
    says: 'could not be read or written: the disk reports a fault',
  },
};

/** What a failed system call means for the file at `path`. Errors that are not one pass unchanged. */
export function fileError(error: unknown, path: string): unknown {
  const errno = errnoOf(error);
  if (errno === undefined) return error;
  const { code, says } = MEANINGS[errno] ?? {
    code: 'STORE_UNAVAILABLE',
    says: `failed with ${errno}`,
  };
  return new FleetError(code, `${path} ${says}.`, { cause: error });
}

/** The system's name for the failure (`ENOENT`), if a system call is what failed. */
export function errnoOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || error instanceof FleetError || !('errno' in error))
    return undefined;
  return 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
