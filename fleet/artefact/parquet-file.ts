import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { type AsyncBuffer, type KeyValue, parquetMetadata, parquetReadObjects } from 'hyparquet';
import { ByteWriter, type ColumnSource, ParquetWriter } from 'hyparquet-writer';
import type { Column } from '../page/page.ts';
import { artefactColumns, type ColumnSchema, fileSchema } from './columns.ts';
import type { PageRow } from './page-row.ts';

/**
 * Rows of a row group. Fixed, so that the bytes of a file depend on its rows alone and not on how
 * they arrived.
 */
const rowGroupRows = 64;

/**
 * Writes rows as a Parquet file (ZSTD), one chunk a row group: never more than a group is held.
 * `footer` gives the key-value metadata; it is asked after the last row.
 */
export async function* parquetChunks(
  rows: AsyncIterable<PageRow> | Iterable<PageRow>,
  own: readonly Column[],
  footer: () => Readonly<Record<string, string>>,
): AsyncGenerator<Buffer> {
  const columns = artefactColumns(own);
  const writer = new ByteWriter();
  const file = new ParquetWriter({
    writer,
    schema: fileSchema(columns),
    codec: 'ZSTD',
    compressors: { ZSTD: (input) => zstdCompressSync(input) },
    createdBy: 'fleet',
  });
  for await (const group of groupsOf(rows, rowGroupRows)) {
    await file.write({ columnData: transpose(group, columns), rowGroupSize: rowGroupRows });
    yield take(writer);
  }
  file.kvMetadata = keyValues(footer());
  await file.finish();
  yield take(writer);
}

/** The rows of a file in memory, in order. `own` are the kind's columns in it. */
export async function readRows(bytes: Buffer, own: readonly Column[]): Promise<PageRow[]> {
  const objects = await parquetReadObjects({
    file: asyncBuffer(bytes),
    compressors: { ZSTD: (input) => zstdDecompressSync(input) },
  });
  return objects.map((object) => toRow(object, own));
}

/** The key-value metadata of a file in memory. */
export function readFooter(bytes: Buffer): Readonly<Record<string, string>> {
  const { key_value_metadata: pairs = [] } = parquetMetadata(bytes);
  return Object.fromEntries(pairs.map(({ key, value }) => [key, value ?? '']));
}

/** The kind's columns stand in the file beside the others and apart from them in a row. */
function toRow(object: Record<string, unknown>, own: readonly Column[]): PageRow {
  const names = new Set(own.map(({ name }) => name));
  const common = Object.entries(object).filter(([name]) => !names.has(name));
  const extra = own.map(({ name, type }) => [name, ownValue(object[name], type)]);
  return { ...Object.fromEntries(common), extra: Object.fromEntries(extra) } as PageRow;
}

/** Integers are 64 bits wide in the file and numbers in a row. */
function ownValue(value: unknown, type: Column['type']): string | number | boolean | null {
  if (value === undefined || value === null) return null;
  return type === 'int' ? Number(value) : (value as string | number | boolean);
}

function transpose(rows: readonly PageRow[], columns: readonly ColumnSchema[]): ColumnSource[] {
  return columns.map(({ name, elements }) => ({
    name,
    data: rows.map((row) => cell(row, name, elements[0]?.type === 'INT64')),
  }));
}

function cell(row: PageRow, name: string, wide: boolean): unknown {
  const value = name in row ? row[name as keyof PageRow] : row.extra[name];
  return wide && typeof value === 'number' ? BigInt(value) : (value ?? null);
}

async function* groupsOf<T>(
  items: AsyncIterable<T> | Iterable<T>,
  size: number,
): AsyncGenerator<T[]> {
  let group: T[] = [];
  for await (const item of items) {
    group.push(item);
    if (group.length < size) continue;
    yield group;
    group = [];
  }
  if (group.length > 0) yield group;
}

/** What was written since the last call. */
function take(writer: ByteWriter): Buffer {
  const bytes = Buffer.from(writer.getBytes());
  writer.index = 0;
  return bytes;
}

function keyValues(record: Readonly<Record<string, string>>): KeyValue[] {
  return Object.entries(record).map(([key, value]) => ({ key, value }));
}

function asyncBuffer(bytes: Buffer): AsyncBuffer {
  return {
    byteLength: bytes.byteLength,
    slice: (start, end) => new Uint8Array(bytes.subarray(start, end)).buffer,
  };
}
