import { FleetError } from '../errors/fleet-error.ts';
import type { Column } from '../page/page.ts';
import type { Store } from '../store/store.ts';
import { sha256 } from './digest.ts';
import { partKey } from './file-names.ts';
import type { PageRow } from './page-row.ts';
import { parquetChunks, readRows } from './parquet-file.ts';
import type { Part } from '../queue/protocol/part.ts';

export interface PartContent {
  readonly number: number;
  readonly fence: string;
  readonly firstPage: number;
  readonly pages: number;
  readonly rows: readonly PageRow[];
}

/** Writes a part's file; it counts for nothing until its row is committed. */
export async function writePart(
  store: Store,
  content: PartContent,
  own: readonly Column[],
  signal: AbortSignal,
): Promise<Part> {
  const { number, fence, firstPage, pages, rows } = content;
  const bytes = await collect(parquetChunks(rows, own, () => ({})));
  const key = partKey(number, fence);
  await store.write(key, bytes, { signal, contentType: 'application/vnd.apache.parquet' });
  const failed = new Set(rows.filter((row) => !row.ok).map((row) => row.page)).size;
  return {
    number,
    fence,
    firstPage,
    pages,
    failed,
    key,
    bytes: bytes.length,
    sha256: sha256(bytes),
  };
}

/**
 * The rows of a committed part. Throws `STORE_DAMAGED` when the file is missing or is not the one
 * that was committed.
 */
export async function readPart(
  store: Store,
  part: Part,
  own: readonly Column[],
  signal: AbortSignal,
): Promise<PageRow[]> {
  const bytes = await readFile(store, part, signal);
  if (bytes.length !== part.bytes || sha256(bytes) !== part.sha256) {
    throw damaged(
      store,
      part,
      `is not what was committed (${part.bytes} bytes, sha256 ${part.sha256})`,
    );
  }
  try {
    return await readRows(bytes, own);
  } catch (cause) {
    throw damaged(store, part, 'cannot be read as Parquet', cause);
  }
}

async function readFile(store: Store, part: Part, signal: AbortSignal): Promise<Buffer> {
  try {
    return await store.read(part.key, { signal });
  } catch (cause) {
    if (FleetError.is(cause, 'STORE_NOT_FOUND')) throw damaged(store, part, 'is missing', cause);
    throw cause;
  }
}

function damaged(store: Store, part: Part, what: string, cause?: unknown): FleetError {
  return new FleetError('STORE_DAMAGED', `Part ${part.number}, ${store.uri}${part.key}, ${what}`, {
    cause,
    remedy: 'Its pages are read again at the next attempt.',
  });
}

async function collect(chunks: AsyncIterable<Buffer>): Promise<Buffer> {
  const all: Buffer[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return Buffer.concat(all);
}
