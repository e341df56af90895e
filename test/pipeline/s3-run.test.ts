import { describe, expect, it } from 'vitest';
import { FleetError } from '../../fleet/errors/fleet-error.ts';
import { runVolume } from '../../fleet/pipeline/run-volume.ts';
import { openStore } from '../../fleet/store/open.ts';
import type { Store } from '../../fleet/store/store.ts';
import { openVolume } from '../../fleet/volume/open-volume.ts';
import type { Volume } from '../../fleet/volume/volume.ts';
import { makeBucket, s3Access, s3Settings } from '../s3-server/buckets.ts';
import { keysIn, published, runOf } from './volume-run.ts';

const s3 = await s3Access();

describe.runIf(s3)('a volume from S3 to S3', () => {
  if (s3 === undefined) return;
  const open = (uri: string) => openStore(uri, s3Settings(s3));

  /** A volume of `count` pages, and an empty prefix beside it. */
  async function inBucket(count: number): Promise<{ volume: Volume; output: Store }> {
    const bucket = await makeBucket(s3 as NonNullable<typeof s3>);
    const uri = `s3://${bucket}/scans/W 1/`;
    const scans = open(uri);
    const keys = Array.from({ length: count }, (_, i) => `p${i + 1}.jpg`);
    await Promise.all(keys.map(async (key) => await scans.write(key, Buffer.from(`text ${key}`))));
    const volume = await openVolume(uri, { signal: new AbortController().signal, open });
    return { volume, output: open(`s3://${bucket}/out/`) };
  }

  it('is published whole, with nothing left beside it', async () => {
    const { volume, output } = await inBucket(25);
    await runVolume(runOf(volume, output));
    const { rows } = await published(output);
    expect(rows.map(({ text }) => text)).toEqual(volume.pages.map(({ name }) => `text ${name}`));
    expect(await keysIn(output)).toEqual(['pages-7.parquet', 'success.json']);
  });

  it('is published once by five runs at the same time', async () => {
    const { volume, output } = await inBucket(12);
    const fences = ['1', '2', '3', '4', '5'];
    const outcomes = await Promise.all(
      fences.map(async (fence) => await runVolume(runOf(volume, output, { fence }))),
    );
    expect(outcomes.filter(({ adopted }) => !adopted)).toHaveLength(1);
    expect((await published(output)).rows).toHaveLength(12);
  });

  it('is resumed after the last part of a run that lost its lease', async () => {
    const { volume, output } = await inBucket(25);
    const lost = runOf(volume, output, {
      confirmLease: async () => await Promise.reject(new FleetError('LEASE_LOST', 'taken')),
    });
    await expect(runVolume(lost)).rejects.toMatchObject({ code: 'LEASE_LOST' });
    expect(await keysIn(output)).toEqual(lost.parts.map(({ key }) => key));
    const successor = runOf(volume, output, { committed: lost.parts, fence: '8' });
    await runVolume(successor);
    expect(successor.pool.begun).toEqual([]);
    expect((await published(output)).rows).toHaveLength(25);
  });
});
