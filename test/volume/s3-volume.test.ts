import { describe, expect, it } from 'vitest';
import { openStore } from '../../fleet/store/open.ts';
import { discoverVolumes } from '../../fleet/volume/discover.ts';
import { confirmUnchanged, openVolume } from '../../fleet/volume/open-volume.ts';
import { makeBucket, s3Access, s3Settings } from '../s3-server/buckets.ts';
import { collected } from './collected.ts';

const s3 = await s3Access();

describe.runIf(s3)('an S3 prefix as a volume', () => {
  if (s3 === undefined) return;
  const { signal } = new AbortController();
  const inS3 = { signal, open: (uri: string) => openStore(uri, s3Settings(s3)) };

  it('lists its images in natural order and not those below', async () => {
    const uri = `s3://${await makeBucket(s3)}/W1/`;
    const store = inS3.open(uri);
    for (const key of ['p10.jpg', 'p2.jpg', 'sub/p1.jpg', 'x.txt']) {
      await store.write(key, Buffer.from(key));
    }
    const volume = await openVolume(uri, inS3);
    expect(volume.pages.map(({ name, size }) => [name, size])).toEqual([
      ['p2.jpg', 6],
      ['p10.jpg', 7],
    ]);
    await confirmUnchanged(volume, signal);
    const root = uri.replace('W1/', '');
    expect(await collected(discoverVolumes(root, inS3))).toEqual([uri, `${uri}sub/`]);
    await expect(openVolume(`${uri}sub2/`, inS3)).rejects.toMatchObject({ code: 'VOLUME_EMPTY' });
  });

  it('in a bucket that does not exist is refused as such', async () => {
    await expect(openVolume('s3://no-such-bucket-at-all/x/', inS3)).rejects.toMatchObject({
      code: 'STORE_NOT_FOUND',
      message: expect.stringContaining('no-such-bucket-at-all'),
    });
  });
});
