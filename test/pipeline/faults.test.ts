import { appendFile, rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { FleetError } from '../../fleet/errors/fleet-error.ts';
import { runVolume } from '../../fleet/pipeline/run-volume.ts';
import { openVolume } from '../../fleet/volume/open-volume.ts';
import { EchoPool, failed } from './echo-pool.ts';
import { emptyOutput, keysIn, published, runOf, volumeOf } from './volume-run.ts';

const unavailable = () => new FleetError('STORE_UNAVAILABLE', '503 slow down');
const denied = () => new FleetError('STORE_DENIED', '403 forbidden');

/** Fails the reads of one key, all or the first few. */
function failing(key: string, error: () => FleetError, times = Number.POSITIVE_INFINITY) {
  let left = times;
  return {
    before(operation: string, wanted: string) {
      if (operation === 'read' && wanted === key && left-- > 0) throw error();
    },
  };
}

describe('a page that the store does not give', () => {
  it('at first is tried again', async () => {
    const output = await emptyOutput();
    const volume = await volumeOf(30, failing('p3.jpg', unavailable, 2));
    expect(await runVolume(runOf(volume, output))).toMatchObject({ failed: 0 });
  });

  it.each([
    ['STORE_UNAVAILABLE', unavailable, 'PAGE_FETCH'],
    ['STORE_DENIED', denied, 'STORE_DENIED'],
    ['STORE_DAMAGED', () => new FleetError('STORE_DAMAGED', 'short body'), 'PAGE_FETCH'],
  ])('for ever (%s) is a row of its own while others are given', async (_, error, type) => {
    const output = await emptyOutput();
    const volume = await volumeOf(30, failing('p3.jpg', error));
    expect(await runVolume(runOf(volume, output))).toMatchObject({ failed: 1 });
    const { rows } = await published(output);
    expect(rows[2]).toMatchObject({ error_stage: 'fetch', error_type: type, bytes: 14n });
  });

  it('because it is larger than allowed is a row, and is not read', async () => {
    const before = await volumeOf(30);
    await appendFile(fileURLToPath(`${before.uri}p3.jpg`), 'x'.repeat(2000));
    const output = await emptyOutput();
    const run = runOf(await reopened(before), output);
    await runVolume({ ...run, limits: { ...run.limits, maxPageBytes: 1000 } });
    const { rows } = await published(output);
    expect(rows[2]).toMatchObject({ error_type: 'IMAGE_TOO_LARGE', bytes: 2014n });
    expect(rows[2]?.error_message).toBe('p3.jpg has 2014 bytes; the limit is 1000');
    expect(run.pool.begun).not.toContain(2);
  });
});

describe('a store that is away', () => {
  it.each([
    ['unavailable', unavailable],
    ['denying everything', denied],
  ])('(%s) ends the run, to be taken up again, and writes no page off', async (_, error) => {
    let reads = 0;
    const volume = await volumeOf(60, {
      before(operation) {
        if (operation === 'read' && ++reads > 25) throw error();
      },
    });
    const output = await emptyOutput();
    const run = runOf(volume, output);
    await expect(runVolume(run)).rejects.toMatchObject({ code: error().code, retryable: true });
    expect(run.parts.every((part) => part.failed === 0)).toBe(true);
    expect(await keysIn(output)).not.toContain('success.json');

    const again = runOf(await reopened(volume), output, { committed: run.parts, fence: '8' });
    expect(await runVolume(again)).toMatchObject({ pages: 60, failed: 0 });
  });

  it('while the result is written leaves the parts for a successor', async () => {
    const volume = await volumeOf(30);
    const output = await emptyOutput({
      before(operation, key) {
        if (operation === 'write' && key === 'pages-7.parquet') throw unavailable();
      },
    });
    const run = runOf(volume, output);
    await expect(runVolume(run)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    const again = runOf(volume, output, { committed: run.parts, fence: '8' });
    await runVolume(again);
    expect(again.pool.begun).toEqual([]);
    expect((await published(output)).rows).toHaveLength(30);
  });
});

describe('a run that fails between its data files', () => {
  it('leaves none of them', async () => {
    const pool = new EchoPool(({ index }) => (index === 0 ? [failed('cut off')] : undefined));
    const output = await emptyOutput({
      before(operation, key) {
        if (operation === 'write' && key === 'errors-7.jsonl') throw unavailable();
      },
    });
    const run = runOf(await volumeOf(30), output, { pool });
    await expect(runVolume(run)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    expect(await keysIn(output)).toEqual(run.parts.map((part) => part.key));
  });
});

describe('a volume that changes while it is read', () => {
  const path = (uri: string, name: string) => fileURLToPath(uri + name);

  it.each([
    ['a page grew', async (uri: string) => await appendFile(path(uri, 'p20.jpg'), '!')],
    ['a page went', async (uri: string) => await rm(path(uri, 'p20.jpg'))],
    [
      'a page that was read already grew',
      async (uri: string) => await appendFile(path(uri, 'p1.jpg'), '!'),
    ],
    ['a page came', async (uri: string) => await appendFile(path(uri, 'p31.jpg'), 'new')],
  ])('is not published (%s)', async (_, change) => {
    const volume = await volumeOf(30);
    const output = await emptyOutput();
    const pool = new EchoPool(async ({ index }) => {
      if (index === 4) await change(volume.uri);
      return undefined;
    });
    await expect(runVolume(runOf(volume, output, { pool }))).rejects.toMatchObject({
      code: 'VOLUME_CHANGED',
      retryable: true,
    });
    expect(await keysIn(output)).not.toContain('success.json');
  });
});

async function reopened(volume: Awaited<ReturnType<typeof volumeOf>>) {
  return await openVolume(volume.uri, { signal: new AbortController().signal });
}

describe('a page that hangs', () => {
  it('fails alone when its time is over, and the volume goes on', async () => {
    const pool = new EchoPool((page, signal) =>
      page.index === 3 ? untilAborted(signal) : undefined,
    );
    const run = runOf(await volumeOf(30), await emptyOutput(), { pool });
    const outcome = await runVolume({ ...run, limits: { ...run.limits, pageMs: 50 } });

    expect(outcome).toMatchObject({ pages: 30, failed: 1 });
    expect(pool.begun.filter((index) => index === 3)).toHaveLength(2);
  });

  function untilAborted(signal: AbortSignal): Promise<never> {
    return new Promise((_, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
    });
  }
});
