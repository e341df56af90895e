import { randomBytes } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { Readable } from 'node:stream';
import { ListMultipartUploadsCommand } from '@aws-sdk/client-s3';
import { describe, type TestContext, test } from 'vitest';
import { openStore } from '../../fleet/store/open.ts';
import type { S3Settings } from '../../fleet/store/s3/settings.ts';
import { makeBucket, s3Access, s3Client, s3Settings } from '../s3-server/buckets.ts';
import { type Fault, startFaultProxy } from '../s3-server/fault-proxy.ts';
import type { S3Access } from '../s3-server/server.ts';

const access = await s3Access();
const MIB = 1024 * 1024;

type FaultFor = (request: string, number: number) => Fault | undefined;

const unavailable = { kind: 'status', status: 503, code: 'ServiceUnavailable' } as const;
const slowDown: Fault = { kind: 'status', status: 503, code: 'SlowDown' };
const conflict: Fault = { kind: 'status', status: 409, code: 'ConditionalRequestConflict' };

/** What befalls the first so many requests. */
const first =
  (count: number, fault: Fault): FaultFor =>
  (_, number) =>
    number <= count ? fault : undefined;

describe.runIf(access).concurrent('an S3 store behind a bad network', () => {
  const s3 = access as S3Access;

  async function throughFaults(
    { onTestFinished }: TestContext,
    faultFor: FaultFor,
    settings: S3Settings = {},
  ) {
    const proxy = await startFaultProxy(s3.endpoint, faultFor);
    const bucket = await makeBucket(s3);
    const direct = openStore(`s3://${bucket}/`, s3Settings(s3));
    const store = openStore(`s3://${bucket}/`, {
      ...s3Settings(s3),
      ...settings,
      endpoint: proxy.endpoint,
    });
    onTestFinished(async () => {
      store.close();
      direct.close();
      await proxy.stop();
    });
    return { store, direct, proxy, bucket };
  }

  async function unfinishedUploads(bucket: string) {
    const client = s3Client(s3);
    const { Uploads } = await client.send(new ListMultipartUploadsCommand({ Bucket: bucket }));
    client.destroy();
    return Uploads ?? [];
  }

  test.for([
    ['503', unavailable],
    ['SlowDown', slowDown],
    ['a connection that ends before the answer', { kind: 'lose-answer' }],
  ] as const)('reads after two times %s', async ([, fault], context) => {
    const { expect } = context;
    const { store, direct, proxy } = await throughFaults(context, first(2, fault));
    await direct.write('page', Buffer.from('scan'));
    expect((await store.read('page')).toString()).toBe('scan');
    expect(proxy.requests).toHaveLength(3);
  });

  test('writes and lists after two times 503', async (context) => {
    const { expect } = context;
    const { store, direct } = await throughFaults(context, (_, number) =>
      number % 3 === 0 ? undefined : unavailable,
    );
    await store.write('page', Buffer.from('scan'));
    expect((await direct.read('page')).toString()).toBe('scan');
    for await (const info of store.list()) expect(info).toMatchObject({ key: 'page', size: 4 });
  });

  test('is unavailable when the server keeps failing, and says how', async (context) => {
    const { expect } = context;
    const { store, proxy } = await throughFaults(context, () => slowDown, { maxAttempts: 2 });
    await expect(store.read('page')).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
      retryable: true,
      message: expect.stringMatching(/slow down.*SlowDown/) as string,
    });
    expect(proxy.requests).toHaveLength(2);
  });

  test('reads an object again whose body broke off', async (context) => {
    const { expect } = context;
    const { store, direct } = await throughFaults(
      context,
      first(2, { kind: 'truncate', bytes: 1000 }),
    );
    const page = randomBytes(MIB);
    await direct.write('page', page);
    expect((await store.read('page')).equals(page)).toBe(true);
  });

  test('calls an object damaged whose body breaks off every time', async (context) => {
    const { expect } = context;
    const { store, direct, proxy } = await throughFaults(context, () => ({
      kind: 'truncate',
      bytes: 1000,
    }));
    await direct.write('page', randomBytes(MIB));
    await expect(store.read('page')).rejects.toMatchObject({
      code: 'STORE_DAMAGED',
      retryable: true,
      message: expect.stringContaining('did not arrive whole') as string,
    });
    expect(proxy.requests).toHaveLength(3);
  });

  test('ends a stream that breaks off with an error', async (context) => {
    const { expect } = context;
    const { store, direct } = await throughFaults(context, () => ({
      kind: 'truncate',
      bytes: 1000,
    }));
    await direct.write('page', randomBytes(MIB));
    const stream = await store.stream('page');
    await expect(buffer(stream)).rejects.toMatchObject({ code: 'STORE_DAMAGED' });
  });

  test('gives up a body that stalls', async (context) => {
    const { expect } = context;
    const timeouts = { idle: 100 };
    const { store, direct } = await throughFaults(context, () => ({ kind: 'stall', bytes: 1000 }), {
      timeouts,
    });
    await direct.write('page', randomBytes(MIB));
    const stalled = {
      code: 'STORE_UNAVAILABLE',
      message: expect.stringContaining('stopped arriving') as string,
    };
    await expect(store.read('page')).rejects.toMatchObject(stalled);
    await expect(buffer(await store.stream('page'))).rejects.toMatchObject(stalled);
  });

  test('does not mistake a slow reader for a stalled body', async (context) => {
    const { expect } = context;
    const { store, direct } = await throughFaults(context, () => undefined, {
      timeouts: { idle: 50 },
    });
    await direct.write('page', randomBytes(MIB));
    const stream = await store.stream('page');
    let bytes = 0;
    for await (const chunk of stream) {
      if (bytes === 0) await readerIsBusy(150);
      bytes += (chunk as Buffer).length;
    }
    expect(bytes).toBe(MIB);
  });

  test('stops reading a stalled body as soon as the signal aborts', async (context) => {
    const { expect } = context;
    const stall: Fault = { kind: 'stall', bytes: 1000 };
    const { store, direct } = await throughFaults(context, () => stall);
    await direct.write('page', randomBytes(MIB));
    const signal = AbortSignal.timeout(200);
    await expect(store.read('page', { signal })).rejects.toMatchObject({ name: 'TimeoutError' });
  });

  test('ends its connection when a reader leaves a stalled stream', async (context) => {
    const { expect } = context;
    const stall: Fault = { kind: 'stall', bytes: 1000 };
    const { store, direct, proxy } = await throughFaults(context, () => stall);
    await direct.write('page', randomBytes(MIB));
    const stream = await store.stream('page');
    expect(stream.readable).toBe(true);
    stream.destroy();
    await proxy.deserted();
  });

  test('stops waiting for its next try as soon as the signal aborts', async (context) => {
    const { expect } = context;
    const { store } = await throughFaults(context, () => ({ ...unavailable, retryAfter: 5 }));
    const start = performance.now();
    const read = store.read('page', { signal: AbortSignal.timeout(200) });
    await expect(read).rejects.toMatchObject({ name: 'TimeoutError' });
    expect(performance.now() - start).toBeLessThan(2000);
  });

  test('gives up a server that does not answer', async (context) => {
    const { expect } = context;
    const settings = { timeouts: { answer: 100 }, maxAttempts: 2 };
    const { store, proxy } = await throughFaults(context, () => ({ kind: 'hang' }), settings);
    await expect(store.head('page')).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
      message: expect.stringContaining('did not answer in time') as string,
    });
    expect(proxy.requests).toHaveLength(2);
  });

  test('knows its own write when the answer to it was lost', async (context) => {
    const { expect } = context;
    const { store, direct } = await throughFaults(context, first(1, { kind: 'lose-answer' }));
    const written = await store.write('success.json', Buffer.from('mine'), { ifAbsent: true });
    expect(written.etag).toBe((await direct.head('success.json'))?.etag);
  });

  test('does not take the write of another for its own', async (context) => {
    const { expect } = context;
    const { store, direct } = await throughFaults(context, first(1, unavailable));
    await direct.write('success.json', Buffer.from('theirs'));
    const write = store.write('success.json', Buffer.from('mine'), { ifAbsent: true });
    await expect(write).rejects.toMatchObject({ code: 'STORE_EXISTS' });
  });

  test('tries a conditional write again that collided with another', async (context) => {
    const { expect } = context;
    const { store, proxy } = await throughFaults(context, first(2, conflict));
    await store.write('success.json', Buffer.from('x'), { ifAbsent: true });
    expect(proxy.requests).toHaveLength(3);
  });

  test('abandons the part under way when the signal aborts an upload', async (context) => {
    const { expect } = context;
    const faults: FaultFor = (request) =>
      request.includes('partNumber=') ? { kind: 'hang' } : undefined;
    const { store, bucket } = await throughFaults(context, faults);
    const source = Readable.from(Array.from({ length: 20 }, () => Buffer.alloc(MIB)));
    const work = store.write('large', source, { signal: AbortSignal.timeout(300) });
    await expect(work).rejects.toMatchObject({ name: 'TimeoutError' });
    expect(await unfinishedUploads(bucket)).toEqual([]);
  });

  test('drops the parts of an upload when one part cannot be written', async (context) => {
    const { expect } = context;
    const refused: Fault = { kind: 'status', status: 403, code: 'AccessDenied' };
    const faults: FaultFor = (request) => (request.includes('partNumber=2') ? refused : undefined);
    const { store, bucket } = await throughFaults(context, faults);
    let given = 0;
    const source = Readable.from(
      (function* () {
        for (; given < 200; given += 1) yield Buffer.alloc(MIB);
      })(),
    );
    await expect(store.write('large', source)).rejects.toMatchObject({ code: 'STORE_DENIED' });
    expect(given).toBeLessThan(100);
    expect(await unfinishedUploads(bucket)).toEqual([]);
    expect(await store.head('large')).toBeUndefined();
  });
});

const readerIsBusy = async (milliseconds: number): Promise<void> =>
  new Promise((done) => {
    setTimeout(done, milliseconds);
  });
