import { describe, expect, test } from 'vitest';
import type { Implementation } from './implementation.ts';
import { codeOf, collect, failure, keysOf, writeAll } from './observe.ts';

/** Order, pages, prefixes and folders. */
export function listingConformance({ create, createMissing }: Implementation): void {
  describe.concurrent('listings', () => {
    test('lists in the order of UTF-8 bytes, through nested folders', async () => {
      const { store } = await create();
      const keys = [
        'a!/x',
        'a',
        'a.jpg',
        'b/c/d',
        'b/c.x',
        'b/c0',
        'Z',
        'é',
        '\u{1F40B}',
        '\uFF5E',
        'a b',
      ];
      await writeAll(store, keys);
      const sorted = keys.toSorted((x, y) => Buffer.compare(Buffer.from(x), Buffer.from(y)));
      expect(await keysOf(store)).toEqual(sorted);
    });

    test('lists more than a thousand keys', async () => {
      const { store } = await create();
      const keys = Array.from(
        { length: 1105 },
        (_, index) => `p${String(index).padStart(5, '0')}.jpg`,
      );
      for (let start = 0; start < keys.length; start += 50) {
        await writeAll(store, keys.slice(start, start + 50));
      }
      expect(await keysOf(store)).toEqual(keys);
    });

    test('narrows to a prefix, which may end inside a name', async () => {
      const { store } = await create();
      await writeAll(store, ['img/1.jpg', 'img/2.jpg', 'img2/3.jpg', 'imprint']);
      expect(await keysOf(store, { prefix: 'img/' })).toEqual(['img/1.jpg', 'img/2.jpg']);
      expect(await keysOf(store, { prefix: 'img' })).toEqual([
        'img/1.jpg',
        'img/2.jpg',
        'img2/3.jpg',
      ]);
      expect(await keysOf(store, { prefix: 'img/2' })).toEqual(['img/2.jpg']);
      expect(await keysOf(store, { prefix: 'none/' })).toEqual([]);
    });

    test('stays at one level when asked to be shallow', async () => {
      const { store } = await create();
      await writeAll(store, ['top', 'v/1.jpg', 'v/deeper/2.jpg', 'v/z.jpg']);
      expect(await keysOf(store, { shallow: true })).toEqual(['top']);
      expect(await keysOf(store, { prefix: 'v/', shallow: true })).toEqual(['v/1.jpg', 'v/z.jpg']);
    });

    test('shows the folders directly below a prefix', async () => {
      const { store } = await create();
      await writeAll(store, ['top', 'v/1/x', 'v/1/y', 'v/2/deep/z', 'w/3/x']);
      expect(await collect(store.folders(''))).toEqual(['v/', 'w/']);
      expect(await collect(store.folders('v/'))).toEqual(['v/1/', 'v/2/']);
      expect(await collect(store.folders('none/'))).toEqual([]);
    });

    test('reports a missing bucket or folder by its name', async () => {
      const { store, name } = createMissing();
      const error = await failure(keysOf(store));
      expect(error.code).toBe('STORE_NOT_FOUND');
      expect(error.message).toContain(name);
      expect(await codeOf(collect(store.folders('')))).toBe('STORE_NOT_FOUND');
      expect(await codeOf(store.read('x'))).toBe('STORE_NOT_FOUND');
    });
  });
}
