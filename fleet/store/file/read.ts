import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { FleetError } from '../../errors/fleet-error.ts';
import { asStream, type ExpectedBody, refuseLarger, wholeBody } from '../object-stream.ts';
import type { ByteRange, ReadOptions } from '../store.ts';
import { fileError } from './errors.ts';

/** Opening a pipe must not wait for somebody to write into it. */
const READ_WITHOUT_WAITING = constants.O_RDONLY | constants.O_NONBLOCK;

export async function readFileObject(path: string, options: ReadOptions): Promise<Buffer> {
  const stream = await streamFileObject(path, options);
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** The stream closes the file, however it ends. */
export async function streamFileObject(path: string, options: ReadOptions): Promise<Readable> {
  const handle = await open(path, READ_WITHOUT_WAITING).catch((error: unknown) => {
    throw fileError(error, path);
  });
  try {
    const { start, length } = await extent(handle, path, options.range);
    const expected: ExpectedBody = { name: path, length, maxBytes: options.maxBytes };
    refuseLarger(expected);
    const end = Math.max(start, start + length - 1);
    const source = handle.createReadStream({ start, end, signal: options.signal });
    return asStream(wholeBody(explained(source, path), expected), source);
  } catch (error) {
    await handle.close();
    throw error;
  }
}

async function* explained(chunks: AsyncIterable<Buffer>, path: string): AsyncGenerator<Buffer> {
  try {
    yield* chunks;
  } catch (error) {
    throw fileError(error, path);
  }
}

async function extent(handle: FileHandle, path: string, range: ByteRange | undefined) {
  const stats = await handle.stat();
  if (!stats.isFile()) throw new FleetError('STORE_NOT_FOUND', `${path} is not a file.`);
  if (range === undefined) return { start: 0, length: stats.size };
  if (range.start >= stats.size) {
    throw new FleetError(
      'STORE_DAMAGED',
      `${path} has ${stats.size} bytes; bytes ${range.start}-${range.end} lie beyond its end.`,
    );
  }
  return { start: range.start, length: Math.min(range.end, stats.size - 1) - range.start + 1 };
}
