import { describe, expect, it } from 'vitest';
import { runVolume } from '../../fleet/pipeline/run-volume.ts';
import { EchoPool } from './echo-pool.ts';
import { emptyOutput, runOf, volumeOf } from './volume-run.ts';

describe('reading ahead', () => {
  it('stops at some distance from a page that takes long', async () => {
    const furthest = 3 + 8 + 2 * 3;
    let begunMeanwhile = 0;
    const pool: EchoPool = new EchoPool(async ({ index }) => {
      if (index !== 3) return undefined;
      while (pool.begun.length < furthest) await new Promise(setImmediate);
      await standstill(() => pool.begun.length);
      begunMeanwhile = pool.begun.length;
      return undefined;
    });
    await runVolume(runOf(await volumeOf(60), await emptyOutput(), { pool }));
    expect(begunMeanwhile).toBe(furthest);
  });

  it('holds no more pages and bytes than it may while the readers are busy', async () => {
    let fetched = 0;
    let begun = 0;
    let most = 0;
    const volume = await volumeOf(60, {
      after(operation) {
        if (operation === 'read') most = Math.max(most, ++fetched - begun);
      },
    });
    const pool = new EchoPool(async () => {
      begun += 1;
      for (let turns = 0; turns < 5; turns++) await new Promise(setImmediate);
      return undefined;
    });
    const run = runOf(volume, await emptyOutput(), { pool });
    const limits = { ...run.limits, fetchAheadPages: 50, fetchAheadBytes: 75 };
    await runVolume({ ...run, limits });
    expect(most).toBeGreaterThan(1);
    expect(most).toBeLessThanOrEqual(5);
  });
});

/** Resolves when a count has stopped growing. */
async function standstill(count: () => number): Promise<void> {
  let before = -1;
  let still = 0;
  while (still < 200) {
    still = count() === before ? still + 1 : 0;
    before = count();
    await new Promise(setImmediate);
  }
}
