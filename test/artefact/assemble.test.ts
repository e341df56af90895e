import { describe, expect, it } from 'vitest';
import { type Assembled, assemble } from '../../fleet/artefact/assemble.ts';
import { readFooter, readRows } from '../../fleet/artefact/parquet-file.ts';
import type { Part } from '../../fleet/queue/protocol/part.ts';
import { readPart, writePart } from '../../fleet/artefact/part-file.ts';
import { sha256 } from '../../fleet/artefact/digest.ts';
import { openStore } from '../../fleet/store/open.ts';
import type { Store } from '../../fleet/store/store.ts';
import { folderWith } from '../volume/folder.ts';
import { columns, rows } from './rows.ts';

const { signal } = new AbortController();
const pages = 150;

async function emptyStore(): Promise<Store> {
  return openStore(await folderWith({}));
}

/** Parts of the given lengths, one after the other. */
async function partsOf(store: Store, lengths: readonly number[]): Promise<Part[]> {
  const parts: Part[] = [];
  let firstPage = 0;
  for (const [number, length] of lengths.entries()) {
    const content = { number, fence: '3', firstPage, pages: length, rows: rows(firstPage, length) };
    parts.push(await writePart(store, content, columns, signal));
    firstPage += length;
  }
  return parts;
}

async function assembled(store: Store, parts: readonly Part[]): Promise<Assembled> {
  const footer = (counts: object) => ({ counts: JSON.stringify(counts) });
  return await assemble({ store, parts, pages, columns, fence: '3', footer, signal });
}

describe('a part', () => {
  it('tells what is in it and where it is', async () => {
    const store = await emptyStore();
    const [part] = await partsOf(store, [20]);
    expect(part).toMatchObject({
      key: 'parts/part-000000-3.parquet',
      firstPage: 0,
      pages: 20,
      failed: 4,
    });
    expect(await store.read(part?.key ?? '')).toHaveLength(part?.bytes ?? 0);
  });

  it.each([
    ['missing', 'is missing', async (store: Store, key: string) => await store.delete(key)],
    [
      'another one',
      'is not what was committed',
      async (store: Store, key: string) => void (await store.write(key, Buffer.from('PAR1'))),
    ],
  ])('whose file is %s is refused by a sentence that names it', async (_, says, damage) => {
    const store = await emptyStore();
    const [part] = await partsOf(store, [5]);
    if (part === undefined) throw new Error('No part was written.');
    await damage(store, part.key);
    const reading = readPart(store, part, columns, signal);
    await expect(reading).rejects.toMatchObject({ code: 'STORE_DAMAGED', retryable: true });
    await expect(reading).rejects.toThrow(`Part 0, ${store.uri}${part.key}, ${says}`);
  });
});

describe('assembling parts', () => {
  it('makes one file with all rows, and its digest', async () => {
    const store = await emptyStore();
    const { files, counts } = await assembled(store, await partsOf(store, [64, 64, 22]));
    const [file] = files;
    const bytes = await store.read('pages-3.parquet');
    expect(await readRows(bytes, columns)).toEqual(rows(0, pages));
    expect(file).toEqual({
      name: 'pages-3.parquet',
      role: 'pages',
      bytes: bytes.length,
      sha256: sha256(bytes),
      rows: pages,
    });
    const lines = rows(0, pages).reduce((sum, row) => sum + row.lines.length, 0);
    expect(counts).toEqual({ pages, rows: pages, lines, failed: 30 });
    expect(readFooter(bytes)).toEqual({ counts: JSON.stringify(counts) });
  });

  it('makes the same bytes wherever the parts were cut', async () => {
    const digests = await Promise.all(
      [[150], [64, 64, 22], [1, 99, 50], [7, 7, 136]].map(async (lengths) => {
        const store = await emptyStore();
        const { files } = await assembled(store, await partsOf(store, lengths));
        return files.map((file) => file.sha256);
      }),
    );
    expect(new Set(digests.map(String)).size).toBe(1);
  });

  it('writes the errors as JSON lines', async () => {
    const store = await emptyStore();
    const { files } = await assembled(store, await partsOf(store, [100, 50]));
    expect(files[1]).toMatchObject({ name: 'errors-3.jsonl', role: 'errors', rows: 30 });
    const lines = (await store.read('errors-3.jsonl')).toString().trimEnd().split('\n');
    expect(JSON.parse(lines[0] ?? '')).toEqual({
      page: 4,
      frame: 0,
      name: 'p4.jpg',
      stage: 'decode',
      type: 'IMAGE_CORRUPT',
      message: 'cut off',
      etag: null,
    });
  });

  it.each([
    ['too few pages', [64, 64]],
    ['too many pages', [100, 51]],
  ])('refuses parts with %s', async (_, lengths) => {
    const store = await emptyStore();
    const parts = await partsOf(store, lengths);
    await expect(assembled(store, parts)).rejects.toMatchObject({ code: 'INTERNAL' });
  });

  it('refuses parts in the wrong order and leaves no file', async () => {
    const store = await emptyStore();
    const [first, second, third] = await partsOf(store, [64, 64, 22]);
    const parts = [second, first, third].filter((part) => part !== undefined);
    await expect(assembled(store, parts)).rejects.toMatchObject({ code: 'INTERNAL' });
    expect(await store.head('pages-3.parquet')).toBeUndefined();
  });
});
