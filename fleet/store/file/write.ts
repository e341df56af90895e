import { type FileHandle, link, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { addAbortSignal, type Readable } from 'node:stream';
import { FleetError } from '../../errors/fleet-error.ts';
import type { ObjectInfo, WriteOptions } from '../store.ts';
import { errnoOf, fileError } from './errors.ts';
import { objectInfo } from './object-info.ts';
import { temporaryName } from './temporary-name.ts';

export interface Destination {
  readonly folder: string;
  readonly name: string;
  readonly key: string;
}

/**
 * Writes beside the destination, makes the bytes durable and only then gives them their name, so
 * that a reader finds all of them or none, even after a power cut.
 */
export async function writeFileObject(
  to: Destination,
  body: Uint8Array | Readable,
  { signal, ifAbsent }: WriteOptions,
): Promise<ObjectInfo> {
  const temporary = join(to.folder, temporaryName());
  const path = join(to.folder, to.name);
  try {
    const info = objectInfo(to.key, await writeDurably(temporary, body, signal));
    signal?.throwIfAborted();
    await (ifAbsent ? nameOnce(temporary, path) : rename(temporary, path));
    await syncFolder(to.folder);
    return info;
  } catch (error) {
    throw isFolderInTheWay(error) ? folderInTheWay(path, error) : fileError(error, path);
  } finally {
    // What the write itself says matters more than what its cleaning up says.
    await rm(temporary, { force: true }).catch(() => {});
  }
}

async function writeDurably(path: string, body: Uint8Array | Readable, signal?: AbortSignal) {
  await using handle = await open(path, 'wx');
  await pour(body, handle, signal);
  await handle.sync();
  return handle.stat({ bigint: true });
}

/** A source that hangs must not outlive the signal, hence `addAbortSignal`. */
async function pour(body: Uint8Array | Readable, handle: FileHandle, signal?: AbortSignal) {
  const source = signal && !(body instanceof Uint8Array) ? addAbortSignal(signal, body) : body;
  await handle.writeFile(source, { signal });
}

/** `link` fails when the name is taken, and is atomic: of many writers exactly one succeeds. */
async function nameOnce(temporary: string, path: string): Promise<void> {
  try {
    await link(temporary, path);
  } catch (error) {
    if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'].includes(errnoOf(error) ?? '')) throw error;
    const problem = `${path} could not be written once only: its file system has no hard links.`;
    throw new FleetError('STORE_UNSUPPORTED', problem, { cause: error });
  }
}

async function syncFolder(folder: string): Promise<void> {
  await using handle = await open(folder, 'r');
  await handle.sync();
}

const isFolderInTheWay = (error: unknown): boolean =>
  ['EISDIR', 'ENOTDIR', 'ENOTEMPTY'].includes(errnoOf(error) ?? '');

function folderInTheWay(path: string, cause: unknown): FleetError {
  const problem = `${path} cannot be written: one name would have to be both a file and a folder.`;
  return new FleetError('STORE_KEY_INVALID', problem, { cause });
}
