import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import type { Implementation } from './implementation.ts';
import { bytes, codeOf, collect, failure, keysOf, writeAll } from './observe.ts';

/** What is written is read, described, replaced and deleted. */
export function objectConformance({ create }: Implementation): void {
  describe.concurrent('objects', () => {
    test('gives back what was written', async () => {
      const { store } = await create();
      await store.write('a/b/c.txt', bytes('hello'));
      expect(await store.read('a/b/c.txt')).toEqual(bytes('hello'));
    });

    test('describes an object alike after writing, in a head and in a listing', async () => {
      const { store } = await create();
      const before = Date.now() - 2000;
      const written = await store.write('page.jpg', bytes('12345'), { contentType: 'image/jpeg' });
      const head = await store.head('page.jpg');
      const [listed] = await collect(store.list());
      expect(head).toMatchObject({ key: 'page.jpg', size: 5, etag: written.etag });
      expect(head).toEqual(listed);
      expect(written.etag).toMatch(/^[\w-]+$/);
      expect(head?.modified.getTime()).toBeGreaterThan(before);
    });

    test('overwrites, and the etag tells', async () => {
      const { store } = await create();
      const first = await store.write('x', bytes('one'));
      const second = await store.write('x', bytes('two'));
      expect(await store.read('x')).toEqual(bytes('two'));
      expect(second.etag).not.toBe(first.etag);
      expect((await store.head('x'))?.etag).toBe(second.etag);
    });

    test('holds an empty object', async () => {
      const { store } = await create();
      await store.write('empty', Buffer.alloc(0));
      await store.write('empty-stream', Readable.from([]));
      expect(await store.read('empty')).toHaveLength(0);
      expect(await buffer(await store.stream('empty-stream'))).toHaveLength(0);
      expect(await store.head('empty')).toMatchObject({ size: 0 });
    });

    test('does not know what is not there', async () => {
      const { store } = await create();
      await store.write('there/file', bytes('x'));
      expect(await store.head('missing')).toBeUndefined();
      expect(await store.head('there')).toBeUndefined();
      const error = await failure(store.read('missing/page.jpg'));
      expect(error.code).toBe('STORE_NOT_FOUND');
      expect(error.message).toContain('missing/page.jpg');
      expect(await codeOf(store.stream('missing'))).toBe('STORE_NOT_FOUND');
      expect(await codeOf(store.read('there'))).toBe('STORE_NOT_FOUND');
    });

    test('deletes, and deletes again without an error', async () => {
      const { store } = await create();
      await writeAll(store, ['a/x', 'a/y']);
      await store.delete('a/x');
      await store.delete('a/x');
      await store.delete('a');
      await store.delete('never/was');
      expect(await keysOf(store)).toEqual(['a/y']);
    });
  });

  describe.concurrent('ranges and limits', () => {
    test('reads the bytes of a range, both ends included', async () => {
      const { store } = await create();
      await store.write('digits', bytes('0123456789'));
      const read = async (start: number, end: number) =>
        (await store.read('digits', { range: { start, end } })).toString();
      expect(await read(0, 0)).toBe('0');
      expect(await read(3, 5)).toBe('345');
      expect(await read(8, 99)).toBe('89');
      const stream = await store.stream('digits', { range: { start: 1, end: 2 } });
      expect(await buffer(stream)).toEqual(bytes('12'));
    });

    test('refuses a range beyond the end', async () => {
      const { store } = await create();
      await store.write('short', bytes('0123'));
      const work = store.read('short', { range: { start: 4, end: 9 } });
      expect(await codeOf(work)).toBe('STORE_DAMAGED');
    });

    test('refuses what is larger than the reader allows, and says both sizes', async () => {
      const { store } = await create();
      await store.write('bomb', bytes('0123456789'));
      const error = await failure(store.read('bomb', { maxBytes: 9 }));
      expect(error).toMatchObject({ code: 'STORE_DAMAGED', retryable: false });
      expect(error.message).toMatch(/10 bytes.* 9 /);
      expect(await codeOf(store.stream('bomb', { maxBytes: 9 }))).toBe('STORE_DAMAGED');
      expect(await store.read('bomb', { maxBytes: 10 })).toHaveLength(10);
    });
  });
}
