import { describe, expect, it } from 'vitest';
import { FleetError } from '../../fleet/errors/fleet-error.ts';
import { runVolume } from '../../fleet/pipeline/run-volume.ts';
import { EchoPool } from './echo-pool.ts';
import { emptyOutput, keysIn, published, runOf, volumeOf } from './volume-run.ts';

const reason = new FleetError('INTERRUPTED', 'the second signal');

describe('a run that is aborted', () => {
  it.each([
    ['before it began', 'start', ''],
    ['while a page is fetched', 'read', 'p15.jpg'],
    ['while a part is written', 'write', 'parts/part-000001-7.parquet'],
    ['while its parts are assembled', 'read', 'parts/part-000002-7.parquet'],
    ['while its file is written', 'write', 'pages-7.parquet'],
  ])('%s publishes nothing and says why', async (_, operation, key) => {
    const controller = new AbortController();
    const abort = {
      before(at: string, of: string) {
        if (at === operation && of === key) controller.abort(reason);
      },
    };
    const volume = await volumeOf(30, abort);
    const output = await emptyOutput(abort);
    if (operation === 'start') controller.abort(reason);
    const run = runOf(volume, output, { signal: controller.signal });
    await expect(runVolume(run)).rejects.toBe(reason);
    const committed = run.parts.map((part) => part.key);
    expect(await keysIn(output)).toEqual(committed);
  });

  it('while a page is read lets go of it at once', async () => {
    const controller = new AbortController();
    const pool = new EchoPool(async ({ index }, signal) => {
      if (index !== 12) return undefined;
      const { promise, reject } = Promise.withResolvers<never>();
      signal.addEventListener('abort', () => reject(signal.reason));
      controller.abort(reason);
      return await promise;
    });
    const output = await emptyOutput();
    const run = runOf(await volumeOf(30), output, { pool, signal: controller.signal });
    await expect(runVolume(run)).rejects.toBe(reason);
    expect(pool.inFlight).toBe(0);
    expect(await keysIn(output)).not.toContain('success.json');
  });

  it('after its marker was written is published all the same', async () => {
    const controller = new AbortController();
    const output = await emptyOutput({
      after(operation, key) {
        if (operation === 'write' && key === 'success.json') controller.abort(reason);
      },
    });
    const run = runOf(await volumeOf(12), output, { signal: controller.signal });
    expect(await runVolume(run)).toMatchObject({ pages: 12, adopted: false });
    expect((await published(output)).rows).toHaveLength(12);
  });
});

describe('a run that is drained', () => {
  it('begins no further page, commits what is done, and says that it was interrupted', async () => {
    const drain = new AbortController();
    const { promise: drained, resolve } = Promise.withResolvers<void>();
    let fetched = 0;
    let begunBefore = 0;
    const pool: EchoPool = new EchoPool(async ({ index }) => {
      if (index === 14) {
        while (fetched < pool.begun.length + 6) await new Promise(setImmediate);
        drain.abort();
        begunBefore = pool.begun.length;
        resolve();
      }
      if (index >= 14) await drained;
      return undefined;
    });
    const volume = await volumeOf(40, {
      after(operation) {
        if (operation === 'read') fetched += 1;
      },
    });
    const output = await emptyOutput();
    const run = runOf(volume, output, { pool, drain: drain.signal });
    await expect(runVolume(run)).rejects.toMatchObject({
      code: 'INTERRUPTED',
      message: expect.stringMatching(/drained with \d+ pages left/),
    });
    const pages = run.parts.reduce((sum, part) => sum + part.pages, 0);
    const begun = new Set(pool.begun);
    expect(volume.pages.findIndex(({ index }) => !begun.has(index))).toBe(pages);
    const onTheirWay = pool.threads;
    expect(begun.size).toBeLessThanOrEqual(begunBefore + onTheirWay);

    const successor = runOf(volume, output, { committed: run.parts, fence: '8' });
    await runVolume(successor);
    expect(Math.min(...successor.pool.begun)).toBe(pages);
    expect((await published(output)).rows.map(({ page }) => page)).toEqual(
      volume.pages.map(({ index }) => index),
    );
  });

  it('after its last page was begun publishes', async () => {
    const drain = new AbortController();
    const pool = new EchoPool(({ index }) => {
      if (index === 11) drain.abort();
      return undefined;
    });
    const run = runOf(await volumeOf(12), await emptyOutput(), { pool, drain: drain.signal });
    expect(await runVolume(run)).toMatchObject({ pages: 12 });
  });

  it('before its first page reads nothing', async () => {
    const run = runOf(await volumeOf(12), await emptyOutput(), { drain: AbortSignal.abort() });
    await expect(runVolume(run)).rejects.toMatchObject({ code: 'INTERRUPTED' });
    expect(run.pool.begun).toEqual([]);
    expect(run.parts).toEqual([]);
  });
});
