import { Readable } from 'node:stream';
import { ListMultipartUploadsCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { describe, expect, test } from 'vitest';
import { openStore, StoreOpener } from '../../fleet/store/open.ts';
import { makeBucket, s3Access, s3Client, s3Settings, s3TestStore } from '../s3-server/buckets.ts';
import { freePort } from '../s3-server/free-port.ts';
import type { S3Access } from '../s3-server/server.ts';
import { storeConformance } from './conformance.ts';

const access = await s3Access();

describe.runIf(access)('an S3 prefix as a store', () => {
  const s3 = access as S3Access;
  const client = access && s3Client(access);

  storeConformance({
    create: async () => {
      const bucket = await makeBucket(s3);
      return {
        store: openStore(`s3://${bucket}/a prefix/`, s3Settings(s3)),
        leftovers: async () => {
          const found = await client?.send(new ListMultipartUploadsCommand({ Bucket: bucket }));
          return (found?.Uploads ?? []).map((upload) => upload.Key ?? '');
        },
      };
    },
    createMissing: () => ({
      store: openStore('s3://no-such-bucket-here/x/', s3Settings(s3)),
      name: 'no-such-bucket-here',
    }),
  });

  test('names the missing bucket when it is written to', async () => {
    const write = openStore('s3://no-such-bucket-here/', s3Settings(s3)).write(
      'x',
      Buffer.from('x'),
    );
    await expect(write).rejects.toMatchObject({
      code: 'STORE_NOT_FOUND',
      message: expect.stringContaining('no-such-bucket-here') as string,
    });
  });

  test('is denied with a wrong secret key and with an unknown access key', async () => {
    const bucket = await makeBucket(s3);
    const { accessKeyId, secretAccessKey } = s3;
    for (const [words, credentials] of [
      ['secret key is wrong', { accessKeyId, secretAccessKey: 'wrong' }],
      ['access key is not known', { accessKeyId: 'nobody', secretAccessKey }],
    ] as const) {
      const store = openStore(`s3://${bucket}/`, { ...s3Settings(s3), credentials });
      await expect(store.read('x')).rejects.toMatchObject({
        code: 'STORE_DENIED',
        message: expect.stringMatching(`s3://${bucket}/x: .*${words}`) as string,
      });
      await expect(store.head('x')).rejects.toMatchObject({ code: 'STORE_DENIED' });
      await expect(store.write('x', Buffer.from('x'))).rejects.toMatchObject({
        code: 'STORE_DENIED',
      });
    }
  });

  test('does not write a stream once only, and says what can be', async () => {
    const store = await s3TestStore(s3);
    const write = store.write('x', Readable.from(['x']), { ifAbsent: true });
    await expect(write).rejects.toMatchObject({ code: 'STORE_UNSUPPORTED' });
  });

  test('leaves out the objects by which consoles show folders', async () => {
    const bucket = await makeBucket(s3);
    for (const Key of ['v/', 'v/1.jpg', 'v/sub/']) {
      await client?.send(new PutObjectCommand({ Bucket: bucket, Key, Body: Buffer.alloc(0) }));
    }
    const store = openStore(`s3://${bucket}/v/`, s3Settings(s3));
    const keys: string[] = [];
    for await (const { key } of store.list()) keys.push(key);
    expect(keys).toEqual(['1.jpg']);
  });

  test('takes both checksum modes', async () => {
    const bucket = await makeBucket(s3);
    for (const checksums of ['WHEN_SUPPORTED', 'WHEN_REQUIRED'] as const) {
      const store = openStore(`s3://${bucket}/`, { ...s3Settings(s3), checksums });
      const large = Buffer.alloc(9 * 1024 * 1024, checksums);
      await store.write(checksums, Buffer.from(checksums));
      await store.write(`${checksums} large`, large);
      expect((await store.read(checksums)).toString()).toBe(checksums);
      expect((await store.read(`${checksums} large`)).equals(large)).toBe(true);
    }
  });

  test('shares its client with the other stores of a StoreOpener', async () => {
    const stores = new StoreOpener(s3Settings(s3));
    const bucket = await makeBucket(s3);
    const one = stores.open(`s3://${bucket}/one/`);
    await one.write('x', Buffer.from('x'));
    one.close();
    expect((await stores.open(`s3://${bucket}/`).read('one/x')).toString()).toBe('x');
    stores.close();
  });
});

describe('an S3 store without a server', () => {
  test('is unavailable after a bounded number of tries', async () => {
    const endpoint = `http://127.0.0.1:${await freePort()}`;
    const credentials = { accessKeyId: 'a', secretAccessKey: 'b' };
    const store = openStore('s3://scans/v/', { endpoint, credentials });
    const start = performance.now();
    await expect(store.read('1.jpg')).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
      retryable: true,
      message: expect.stringMatching(/s3:\/\/scans\/v\/1.jpg.*ECONNREFUSED/) as string,
    });
    expect(performance.now() - start).toBeLessThan(10_000);
  });
});
