import { describe, expect, it } from 'vitest';
import { readMarker } from '../../fleet/artefact/marker.ts';
import { adopt } from '../../fleet/artefact/publish.ts';
import { sweepAfter } from '../../fleet/artefact/sweep.ts';
import { openStore } from '../../fleet/store/open.ts';
import { folderWith } from '../volume/folder.ts';

const { signal } = new AbortController();

const marker = {
  format: 1,
  provenance: {
    job: 'default/ocr',
    kind: 'ocr',
    configHash: 'c',
    parameters: {},
    models: [],
    codeVersion: '1',
    volume: { uri: 'file:///v/', version: 'v', pages: 1 },
  },
  counts: { pages: 1, failed: 0, rows: 1, lines: 0 },
  madeBy: {
    task: 1,
    attempt: 1,
    fence: '2',
    worker: 'w',
    startedAt: '2026-01-01T00:00:00.000Z',
    finishedAt: '2026-01-01T00:01:00.000Z',
  },
  files: [{ name: 'pages-2.parquet', role: 'pages', bytes: 4, sha256: 'a'.repeat(64), rows: 1 }],
};

const storeWith = async (files: Readonly<Record<string, string>>) =>
  openStore(await folderWith(files));

describe('a marker', () => {
  it('is undefined where nothing is published', async () => {
    expect(await readMarker(await storeWith({}))).toBeUndefined();
  });

  it.each([
    ['not JSON', '{'],
    ['of another shape', JSON.stringify({ ...marker, files: [] })],
    ['of a later format', JSON.stringify({ ...marker, format: 2 })],
  ])('that is %s is refused by its name', async (_, content) => {
    const store = await storeWith({ 'success.json': content });
    await expect(readMarker(store)).rejects.toMatchObject({
      code: 'ARTEFACT_DAMAGED',
      message: `${store.uri}success.json is not a marker`,
    });
  });

  it('is adopted when its files are there, and refused when one is not as promised', async () => {
    const content = JSON.stringify(marker);
    const sound = await storeWith({ 'success.json': content, 'pages-2.parquet': 'PAR1' });
    expect(await adopt(sound, signal)).toEqual(marker);
    const cut = await storeWith({ 'success.json': content, 'pages-2.parquet': 'PA' });
    await expect(adopt(cut, signal)).rejects.toThrow(/has 2 bytes; success\.json promises 4/);
  });
});

describe('sweeping after publication', () => {
  it('deletes what runs left and nothing else', async () => {
    const store = await storeWith({
      'success.json': JSON.stringify(marker),
      'pages-2.parquet': 'PAR1',
      'pages-1.parquet': '',
      'errors-1.jsonl': '',
      'parts/part-000000-1.parquet': '',
      "somebody's notes.txt": '',
      'parts/notes.txt': '',
    });
    const found = await adopt(store, signal);
    if (found === undefined) throw new Error('The marker was not found.');
    await sweepAfter(store, found, signal);
    const left: string[] = [];
    for await (const { key } of store.list()) left.push(key);
    expect(left).toEqual([
      'pages-2.parquet',
      'parts/notes.txt',
      "somebody's notes.txt",
      'success.json',
    ]);
  });
});
