import { Readable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { subStore } from '../../../fleet/store/sub-store.ts';
import type { Implementation } from './implementation.ts';
import { bytes, codeOf, collect, failure, keysOf, writeAll } from './observe.ts';

/** Which keys there are, and which there are not. */
export function keyConformance({ create }: Implementation): void {
  describe.concurrent('keys', () => {
    const odd = [
      'with space.jpg',
      '100%.jpg',
      'a%20b',
      '1+1=2',
      'é',
      'e\u0301',
      '\u{1F40B}/བོད.txt',
      'q\'&<>"?#;:@,$!*()[]{}|^~`',
      '..hidden',
      '.dot',
      'a..b/...',
      '-',
      'tab\tnew\nline',
    ];

    test.for(odd)('holds %j', async (key) => {
      const { store } = await create();
      await store.write(key, bytes(key));
      expect((await store.read(key)).toString()).toBe(key);
      expect(await store.head(key)).toMatchObject({ key });
      expect(await keysOf(store)).toEqual([key]);
      await store.delete(key);
      expect(await keysOf(store)).toEqual([]);
    });

    const evil = [
      '',
      '/',
      '/etc/passwd',
      '../x',
      'a/../../x',
      'a/..',
      '..',
      '.',
      './x',
      'a/./b',
      'a//b',
      'a/',
      'nul\0',
      '\uD800',
      'x'.repeat(1025),
    ];

    test.for(evil)('refuses %j and names it', async (key) => {
      const { store } = await create();
      const attempts = [
        store.read(key),
        store.head(key),
        store.stream(key),
        store.write(key, bytes('evil')),
        store.write(key, Readable.from(['evil'])),
        store.delete(key),
      ];
      for (const attempt of attempts) {
        const error = await failure(attempt);
        expect(error.code).toBe('STORE_KEY_INVALID');
        expect(error.message).toContain(JSON.stringify(key));
      }
    });

    test.for(['../', '/', 'a/../', './', 'a//', 'nul\0'])(
      'refuses to list below %j',
      async (prefix) => {
        const { store } = await create();
        expect(await codeOf(keysOf(store, { prefix }))).toBe('STORE_KEY_INVALID');
        expect(await codeOf(collect(store.folders(prefix)))).toBe('STORE_KEY_INVALID');
      },
    );
  });

  describe.concurrent('a store within a store', () => {
    test('sees only what is below its folder, under shorter keys', async () => {
      const { store } = await create();
      await writeAll(store, ['v 1/a', 'v 1/sub/b', 'v 2/c']);
      const inner = subStore(store, 'v 1/');
      await inner.write('new', bytes('n'));
      expect(inner.uri.startsWith(store.uri)).toBe(true);
      expect(await keysOf(inner)).toEqual(['a', 'new', 'sub/b']);
      expect(await collect(inner.folders(''))).toEqual(['sub/']);
      expect(await inner.head('a')).toMatchObject({ key: 'a' });
      expect((await store.read('v 1/new')).toString()).toBe('n');
      await inner.delete('new');
      expect(await codeOf(inner.read('new'))).toBe('STORE_NOT_FOUND');
      expect(await codeOf(inner.read('../v 2/c'))).toBe('STORE_KEY_INVALID');
    });
  });
}
