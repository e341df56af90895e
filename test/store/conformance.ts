import { createHash, randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import type { ErrorCode } from '../../fleet/errors/catalogue.ts';
import { FleetError } from '../../fleet/errors/fleet-error.ts';
import type { Store } from '../../fleet/store/store.ts';
import { subStore } from '../../fleet/store/sub-store.ts';

/** A place of its own for one test. */
export interface StoreUnderTest {
  readonly store: Store;
  /** What unfinished writes have left behind: temporary files, uploads in parts. */
  leftovers(): Promise<readonly string[]>;
}

export interface Implementation {
  create(): Promise<StoreUnderTest>;
  /** A store whose bucket or folder does not exist, and the name that errors must say. */
  createMissing(): { readonly store: Store; readonly name: string };
}

const MIB = 1024 * 1024;
const bytes = (text: string): Buffer => Buffer.from(text);

async function failure(work: Promise<unknown>): Promise<FleetError> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof FleetError) return error;
  throw new Error('expected a FleetError', { cause: error });
}

const codeOf = async (work: Promise<unknown>): Promise<ErrorCode> => (await failure(work)).code;

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

async function keysOf(store: Store, options?: Parameters<Store['list']>[0]): Promise<string[]> {
  return (await collect(store.list(options))).map((info) => info.key);
}

async function writeAll(store: Store, keys: readonly string[]): Promise<void> {
  await Promise.all(keys.map(async (key) => store.write(key, bytes(key))));
}

/** What every `Store` promises, whatever is behind it. */
export function storeConformance({ create, createMissing }: Implementation): void {
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

    test('leaves nothing when the source stalls and the signal aborts', async () => {
      const { store, leftovers } = await create();
      const stop = new AbortController();
      const source = new Readable({
        read: () => setImmediate(() => stop.abort(new Error('enough'))),
      });
      source.push(Buffer.alloc(10 * MIB));
      await expect(store.write('half', source, { signal: stop.signal })).rejects.toThrow('enough');
      expect(await leftovers()).toEqual([]);
    });

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

  describe.concurrent('writing once', () => {
    test('writes what is absent and refuses what exists', async () => {
      const { store } = await create();
      await store.write('success.json', bytes('first'), { ifAbsent: true });
      const error = await failure(store.write('success.json', bytes('second'), { ifAbsent: true }));
      expect(error.code).toBe('STORE_EXISTS');
      expect(error.message).toContain('success.json');
      expect(await store.read('success.json')).toEqual(bytes('first'));
    });

    test('has exactly one winner among twenty', async () => {
      const { store, leftovers } = await create();
      const racers = Array.from({ length: 20 }, (_, index) => `racer ${index}`);
      const results = await Promise.allSettled(
        racers.map(async (racer) => store.write('marker', bytes(racer), { ifAbsent: true })),
      );
      const won = racers.filter((_, index) => results[index]?.status === 'fulfilled');
      const codes = results.flatMap((result) =>
        result.status === 'rejected' ? [(result.reason as FleetError).code] : [],
      );
      expect(won).toHaveLength(1);
      expect(new Set(codes)).toEqual(new Set(['STORE_EXISTS']));
      expect((await store.read('marker')).toString()).toBe(won[0]);
      expect(await leftovers()).toEqual([]);
    });
  });

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

/** One MiB after another; calls `act` when so many have been taken. */
function* endless(act: () => void, count: number): Generator<Buffer> {
  for (let given = 0; ; given += 1) {
    if (given === count) act();
    yield Buffer.alloc(MIB, given);
  }
}
