import { rm } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { runVolume } from '../../fleet/pipeline/run-volume.ts';
import type { PageDone, RunProgress } from '../../fleet/pipeline/volume-run.ts';
import { openVolume } from '../../fleet/volume/open-volume.ts';
import { folderWith } from '../volume/folder.ts';
import { EchoPool, echo, failed } from './echo-pool.ts';
import { emptyOutput, keysIn, published, runOf, volumeOf } from './volume-run.ts';

describe('running a volume', () => {
  it('publishes one row a page, in page order, with what was read', async () => {
    const volume = await volumeOf(25);
    const output = await emptyOutput();
    const outcome = await runVolume(runOf(volume, output));

    const { marker, rows } = await published(output);
    expect(rows.map((row) => row.text)).toEqual(
      volume.pages.map((_, i) => `text of page ${i + 1}`),
    );
    expect(rows[2]).toMatchObject({
      page: 2,
      name: 'p3.jpg',
      etag: volume.pages[2]?.etag,
      bytes: 14n,
      width: 100,
      ok: true,
      error_type: null,
      lines: [{ bbox: { left: 1, top: 2, right: 30.5, bottom: 9 }, confidence: 0.75 }],
      extra: { script: 'Tibt', words: 4 },
    });
    expect(marker.counts).toEqual({ pages: 25, failed: 0, rows: 25, lines: 25 });
    expect(outcome).toMatchObject({
      pages: 25,
      failed: 0,
      lines: 25,
      adopted: false,
      marker: `${output.uri}success.json`,
      timings: { decode: 1, infer: 2 },
    });
  });

  it('leaves the marker and the files that it names, nothing else', async () => {
    const output = await emptyOutput();
    await runVolume(runOf(await volumeOf(25), output));
    expect(await keysIn(output)).toEqual(['pages-7.parquet', 'success.json']);
  });

  it('tells in the marker what was made from what, how and by whom', async () => {
    const volume = await volumeOf(3);
    const output = await emptyOutput();
    await runVolume(runOf(volume, output));
    const { marker } = await published(output);
    expect(marker.provenance).toEqual({
      job: 'default/ocr',
      kind: 'echo',
      configHash: 'c'.repeat(64),
      parameters: { loud: true },
      models: [{ role: 'echo', name: 'echo.onnx', uri: 'npm:echo', sha256: 'e'.repeat(64) }],
      codeVersion: '1.2.3',
      volume: { uri: volume.uri, version: volume.version, pages: 3 },
    });
    expect(marker.madeBy).toMatchObject({ task: 1, attempt: 1, fence: '7', worker: 'worker-7' });
  });

  it('restores the order of pages that are read out of order', async () => {
    const pool = new EchoPool(async ({ index }) => {
      for (let turns = (index * 7) % 5; turns > 0; turns--) await new Promise(setImmediate);
      return undefined;
    });
    const output = await emptyOutput();
    await runVolume(runOf(await volumeOf(40), output, { pool }));
    const { rows } = await published(output);
    expect(rows.map((row) => row.page)).toEqual(Array.from({ length: 40 }, (_, i) => i));
    expect(pool.mostInFlight).toBe(3);
  });

  it('writes a row for each image of a file with several', async () => {
    const pool = new EchoPool((page) =>
      page.index === 1 ? [echo(page), echo(page, 1), failed('frame 2 is cut off')] : undefined,
    );
    const output = await emptyOutput();
    await runVolume(runOf(await volumeOf(3), output, { pool, maxPageFailureRate: 0.5 }));
    const { rows, marker } = await published(output);
    expect(rows.map(({ page, frame, ok }) => [page, frame, ok])).toEqual([
      [0, 0, true],
      [1, 0, true],
      [1, 1, true],
      [1, 2, false],
      [2, 0, true],
    ]);
    expect(marker.counts).toMatchObject({ pages: 3, failed: 1, rows: 5 });
  });

  it('commits a part when its time is over, although it is not full', async () => {
    const { promise: committed, resolve } = Promise.withResolvers<void>();
    const pool = new EchoPool(async ({ index }) => {
      if (index === 4) await committed;
      return undefined;
    });
    const run = runOf(await volumeOf(6), await emptyOutput(), { pool });
    await runVolume({
      ...run,
      limits: { ...run.limits, partMs: 30 },
      commitPart: async (part) => {
        run.parts.push(part);
        resolve();
      },
    });
    expect(run.parts.length).toBeGreaterThan(1);
    expect(run.parts[0]).toMatchObject({ number: 0, firstPage: 0, pages: 4 });
  });

  it('tells of every page and where it stands', async () => {
    const progress: RunProgress[] = [];
    const pages: PageDone[] = [];
    const pool = new EchoPool(async () => {
      await new Promise(setImmediate);
      return undefined;
    });
    const run = runOf(await volumeOf(15), await emptyOutput(), {
      pool,
      onProgress: (now) => void progress.push(now),
      onPage: (page) => void pages.push(page),
    });
    await runVolume(run);
    expect(pages.map(({ index, ok, bytes }) => [index, ok, bytes > 0])).toEqual(
      Array.from({ length: 15 }, (_, i) => [i, true, true]),
    );
    expect(progress.map(({ pagesDone }) => pagesDone)).toEqual(
      progress.map(({ pagesDone }) => pagesDone).toSorted((a, b) => a - b),
    );
    expect(new Set(progress.map(({ stage }) => stage))).toEqual(
      new Set(['reading', 'assembling', 'publishing']),
    );
    expect(progress.at(-1)).toMatchObject({ pagesDone: 15, pagesTotal: 15, pagesUncommitted: 0 });
    expect(Math.max(...progress.map(({ queues }) => queues.reading))).toBe(3);
  });
});

describe('a page that fails', () => {
  it('is a row with its error and a line of the errors file; the volume goes on', async () => {
    const pool = new EchoPool(({ index }) => (index === 4 ? [failed('cut off')] : undefined));
    const output = await emptyOutput();
    const outcome = await runVolume(runOf(await volumeOf(30), output, { pool }));
    expect(outcome).toMatchObject({ pages: 30, failed: 1, lines: 29 });
    const { rows } = await published(output);
    expect(rows[4]).toMatchObject({
      ok: false,
      error_stage: 'decode',
      error_type: 'IMAGE_CORRUPT',
      error_message: 'cut off',
      lines: [],
      text: '',
    });
    const errors = (await output.read('errors-7.jsonl')).toString().trim().split('\n');
    expect(errors.map((line) => JSON.parse(line))).toMatchObject([
      { page: 4, name: 'p5.jpg', stage: 'decode', type: 'IMAGE_CORRUPT', message: 'cut off' },
    ]);
  });

  it('by breaking its reading thread is read once more, then fails alone', async () => {
    const pool = new EchoPool(({ index }) => {
      if (index === 3) throw new Error('thread died');
      return undefined;
    });
    const output = await emptyOutput();
    await runVolume(runOf(await volumeOf(30), output, { pool }));
    const { rows } = await published(output);
    expect(rows[3]).toMatchObject({ error_stage: 'infer', error_message: 'thread died' });
    expect(pool.begun.filter((index) => index === 3)).toHaveLength(2);
  });

  it('to fit the columns of its kind is a row with that error', async () => {
    const pool = new EchoPool((page) =>
      page.index === 2 ? [{ ...echo(page), extra: { script: 5 } }] : undefined,
    );
    const output = await emptyOutput();
    await runVolume(runOf(await volumeOf(30), output, { pool }));
    expect((await published(output)).rows[2]).toMatchObject({
      error_type: 'PAGE_FAILED',
      error_message: expect.stringMatching(/gave 5 for its column "script" of type string/),
      lines: [],
    });
  });

  it('once too often ends the volume early, unpublished, its errors written down', async () => {
    const pool = new EchoPool(({ index }) => (index % 2 === 0 ? [failed('blank')] : undefined));
    const output = await emptyOutput();
    const run = runOf(await volumeOf(60), output, { pool });
    const error = await runVolume(run).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      code: 'TOO_MANY_PAGES_FAILED',
      message: expect.stringMatching(/5 of \d+ pages read \(60 in all\) failed, at most 5 % may/),
    });
    expect(String(error)).toContain(`${output.uri}errors-7.jsonl`);
    const errors = (await output.read('errors-7.jsonl')).toString().trim().split('\n');
    expect(errors).toHaveLength(5);
    expect(run.parts).toHaveLength(1);
    expect(await keysIn(output)).not.toContain('success.json');
  });

  it('because the threads break on every page ends the run, to be taken up again', async () => {
    const pool = new EchoPool(() => {
      throw new Error('out of memory');
    });
    const output = await emptyOutput();
    await expect(runVolume(runOf(await volumeOf(30), output, { pool }))).rejects.toThrow(
      'out of memory',
    );
    expect(await keysIn(output)).toEqual([]);
  });
});

describe('a volume whose manifest names a page that is not there', () => {
  it('has a row for it that says so', async () => {
    const names = Array.from({ length: 25 }, (_, i) => `p${i + 1}.jpg`);
    const files = Object.fromEntries(names.map((name) => [name, `text of ${name}`]));
    const manifest = JSON.stringify(names.map((filename) => ({ filename, width: 2, height: 1 })));
    const folder = await folderWith({ ...files, 'dimensions.json': manifest });
    await rm(`${folder}/p9.jpg`);
    const volume = await openVolume(folder, { signal: new AbortController().signal });
    const output = await emptyOutput();
    await runVolume(runOf(volume, output));
    const { rows } = await published(output);
    expect(rows).toHaveLength(25);
    expect(rows[8]).toMatchObject({
      name: 'p9.jpg',
      ok: false,
      etag: null,
      bytes: null,
      error_stage: 'fetch',
      error_type: 'STORE_NOT_FOUND',
    });
  });
});
