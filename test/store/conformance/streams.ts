import { createHash, randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import type { Implementation } from './implementation.ts';
import { bytes, keysOf } from './observe.ts';

const MIB = 1024 * 1024;

/** Streams in both directions, and writes that end early. */
export function streamConformance({ create }: Implementation): void {
  describe.concurrent('streams', () => {
    test('writes and reads a stream of many parts unchanged', async () => {
      const { store, leftovers } = await create();
      const chunks = Array.from({ length: 25 }, () => randomBytes(MIB - 7));
      const sent = createHash('sha256');
      for (const chunk of chunks) sent.update(chunk);
      const written = await store.write('large', Readable.from(chunks));
      const arrived = createHash('sha256');
      for await (const chunk of await store.stream('large')) arrived.update(chunk as Buffer);
      expect(written.size).toBe(25 * (MIB - 7));
      expect(await store.head('large')).toMatchObject({ size: written.size, etag: written.etag });
      expect(arrived.digest('hex')).toBe(sent.digest('hex'));
      expect(await leftovers()).toEqual([]);
    });

    test('writes a large buffer', async () => {
      const { store } = await create();
      const large = randomBytes(17 * MIB);
      expect(await store.write('large', large)).toMatchObject({ size: large.length });
      expect((await store.read('large')).equals(large)).toBe(true);
    });

    test('leaves nothing when the signal aborts a write half-way', async () => {
      const { store, leftovers } = await create();
      const stop = new AbortController();
      const source = Readable.from(endless(() => stop.abort(new Error('enough')), 12));
      await expect(store.write('half', source, { signal: stop.signal })).rejects.toThrow('enough');
      expect(source.destroyed).toBe(true);
      expect(await store.head('half')).toBeUndefined();
      expect(await leftovers()).toEqual([]);
    });

    test.for([1, 10])(
      'leaves nothing when a signal aborts a source that stalls after %i MiB',
      async (size) => {
        const { store, leftovers } = await create();
        const source = new Readable({ read: () => {} });
        source.push(Buffer.alloc(size * MIB));
        const work = store.write('half', source, { signal: AbortSignal.timeout(300) });
        await expect(work).rejects.toMatchObject({ name: 'TimeoutError' });
        expect(source.destroyed).toBe(true);
        expect(await leftovers()).toEqual([]);
      },
    );

    test('leaves nothing when the source fails, and passes on why', async () => {
      const { store, leftovers } = await create();
      const source = Readable.from(
        endless(() => {
          throw new Error('the source broke');
        }, 12),
      );
      await expect(store.write('half', source)).rejects.toThrow('the source broke');
      expect(await store.head('half')).toBeUndefined();
      expect(await leftovers()).toEqual([]);
    });

    test('keeps the old object when an overwrite fails', async () => {
      const { store } = await create();
      await store.write('kept', bytes('old'));
      const source = Readable.from(
        endless(() => {
          throw new Error('the source broke');
        }, 2),
      );
      await expect(store.write('kept', source)).rejects.toThrow('the source broke');
      expect(await store.read('kept')).toEqual(bytes('old'));
    });

    test('lets a reader leave a stream early', async () => {
      const { store } = await create();
      await store.write('large', randomBytes(4 * MIB));
      for await (const chunk of await store.stream('large')) {
        expect((chunk as Buffer).length).toBeGreaterThan(0);
        break;
      }
      expect(await store.read('large')).toHaveLength(4 * MIB);
    });
  });

  describe.concurrent('signals', () => {
    test('throws the reason of a signal that is aborted already', async () => {
      const { store } = await create();
      await store.write('x', bytes('x'));
      const signal = AbortSignal.abort(new Error('not now'));
      await expect(store.read('x', { signal })).rejects.toThrow('not now');
      await expect(store.stream('x', { signal })).rejects.toThrow('not now');
      await expect(store.head('x', { signal })).rejects.toThrow('not now');
      await expect(store.write('y', bytes('y'), { signal })).rejects.toThrow('not now');
      await expect(store.delete('x', { signal })).rejects.toThrow('not now');
      await expect(keysOf(store, { signal })).rejects.toThrow('not now');
      expect(await keysOf(store)).toEqual(['x']);
    });
  });
}

/** One MiB after another; calls `act` when so many have been taken. */
function* endless(act: () => void, count: number): Generator<Buffer> {
  for (let given = 0; ; given += 1) {
    if (given === count) act();
    yield Buffer.alloc(MIB, given);
  }
}
