import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, describe, expect, test } from 'vitest';
import { fileError } from '../../fleet/store/file/errors.ts';
import { openStore } from '../../fleet/store/open.ts';
import type { Store } from '../../fleet/store/store.ts';
import { storeConformance } from './conformance.ts';

const folders: string[] = [];

async function makeFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'fleet store '));
  folders.push(folder);
  return folder;
}

async function keysOf(store: Store): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of store.list()) keys.push(key);
  return keys;
}

afterAll(async () => {
  await Promise.all(folders.map(async (folder) => rm(folder, { recursive: true, force: true })));
});

describe('a folder as a store', () => {
  storeConformance({
    create: async () => {
      const root = await makeFolder();
      const files = async (): Promise<string[]> => readdir(root, { recursive: true });
      return {
        store: openStore(root),
        leftovers: async () => (await files()).filter((name) => name.endsWith('.tmp')),
      };
    },
    createMissing: () => ({ store: openStore('/no/such/folder'), name: '/no/such/folder' }),
  });

  test('is made when the first object is written', async () => {
    const root = join(await makeFolder(), 'new', 'deep');
    await openStore(root).write('v/1.jpg', Buffer.from('x'));
    expect(await readFile(join(root, 'v', '1.jpg'), 'utf8')).toBe('x');
  });

  test('refuses backslashes and the names of files that are being written', async () => {
    const store = openStore(await makeFolder());
    const temporary = '.fleet-00000000-0000-4000-8000-000000000000.tmp';
    for (const key of ['..\\x', 'a\\b', temporary, `${temporary}/x`]) {
      await expect(store.write(key, Buffer.from('x'))).rejects.toMatchObject({
        code: 'STORE_KEY_INVALID',
      });
    }
  });

  test('hides a file that is being written', async () => {
    const root = await makeFolder();
    const store = openStore(root);
    const seen: { keys?: string[]; files?: string[] } = {};
    const lookAround = async function* () {
      yield Buffer.from('first half');
      seen.keys = await keysOf(store);
      seen.files = await readdir(root);
      yield Buffer.from('second half');
    };
    await store.write('page', Readable.from(lookAround()));
    expect(seen.keys).toEqual([]);
    expect(seen.files).toEqual([expect.stringMatching(/^\.fleet-.*\.tmp$/)]);
    expect(await readdir(root)).toEqual(['page']);
  });

  test('says so when one name would be a file and a folder', async () => {
    const store = openStore(await makeFolder());
    await store.write('a', Buffer.from('file'));
    await store.write('b/c', Buffer.from('file'));
    for (const key of ['a/below', 'b']) {
      await expect(store.write(key, Buffer.from('x'))).rejects.toMatchObject({
        code: 'STORE_KEY_INVALID',
      });
    }
    expect(await keysOf(store)).toEqual(['a', 'b/c']);
  });

  test('reports a name that is too long for the disk', async () => {
    const store = openStore(await makeFolder());
    const write = store.write('n'.repeat(256), Buffer.from('x'));
    await expect(write).rejects.toMatchObject({ code: 'STORE_KEY_INVALID' });
  });

  test('takes a changed file for another version', async () => {
    const root = await makeFolder();
    const store = openStore(root);
    const { etag } = await store.write('page', Buffer.from('12345'));
    await writeFile(join(root, 'page'), '54321');
    expect((await store.head('page'))?.etag).not.toBe(etag);
  });

  test('does not wait for somebody to write into a pipe', async () => {
    const root = await makeFolder();
    execFileSync('mkfifo', [join(root, 'pipe')]);
    const store = openStore(root);
    await expect(store.read('pipe')).rejects.toMatchObject({ code: 'STORE_NOT_FOUND' });
    expect(await keysOf(store)).toEqual([]);
  });

  test('refuses to list a file whose name is not UTF-8', async () => {
    const root = await makeFolder();
    await writeFile(Buffer.concat([Buffer.from(`${root}/p`), Buffer.from([0xe9])]), 'x');
    await expect(keysOf(openStore(root))).rejects.toMatchObject({
      code: 'STORE_KEY_INVALID',
      message: expect.stringContaining('not UTF-8') as string,
    });
  });
});

describe('symbolic links in a folder store', () => {
  async function linkedFolders() {
    const root = await makeFolder();
    const outside = await makeFolder();
    await mkdir(join(outside, 'scans'));
    await writeFile(join(outside, 'scans', '1.jpg'), 'scan');
    await symlink(join(outside, 'scans'), join(root, 'out'));
    return { root, outside, store: openStore(root) };
  }

  test('may lead to scans elsewhere that are read', async () => {
    const { store } = await linkedFolders();
    expect(await keysOf(store)).toEqual(['out/1.jpg']);
    expect((await store.read('out/1.jpg')).toString()).toBe('scan');
  });

  test('are no way out for writing or deleting', async () => {
    const { store, outside } = await linkedFolders();
    const invalid = {
      code: 'STORE_KEY_INVALID',
      message: expect.stringContaining('symbolic link') as string,
    };
    await expect(store.write('out/2.jpg', Buffer.from('x'))).rejects.toMatchObject(invalid);
    await expect(store.write('out/new/2.jpg', Buffer.from('x'))).rejects.toMatchObject(invalid);
    await expect(store.delete('out/1.jpg')).rejects.toMatchObject(invalid);
    expect(await readdir(outside, { recursive: true })).toEqual(['scans', join('scans', '1.jpg')]);
  });

  test('are replaced by a write, and their target is left as it is', async () => {
    const { store, root, outside } = await linkedFolders();
    const target = join(outside, 'scans', '1.jpg');
    await symlink(target, join(root, 'link'));
    await store.write('link', Buffer.from('new'));
    expect((await store.read('link')).toString()).toBe('new');
    expect(await readFile(target, 'utf8')).toBe('scan');
  });

  test('that go round in a circle or nowhere end a listing as little as a write', async () => {
    const { store, root } = await linkedFolders();
    await mkdir(join(root, 'deep'));
    await symlink(root, join(root, 'deep', 'again'));
    await symlink('itself', join(root, 'itself'));
    await symlink('/nowhere/at/all', join(root, 'dangling'));
    await store.write('deep/x', Buffer.from('x'));
    expect(await keysOf(store)).toEqual(['deep/x', 'out/1.jpg']);
  });
});

describe('a failed system call', () => {
  test.for([
    ['ENOSPC', 'STORE_UNAVAILABLE', 'the disk is full'],
    ['EDQUOT', 'STORE_UNAVAILABLE', 'quota'],
    ['EACCES', 'STORE_DENIED', 'may not be used'],
    ['EROFS', 'STORE_DENIED', 'read-only'],
    ['ESTALE', 'STORE_UNAVAILABLE', 'ESTALE'],
  ])('%s is %s', ([code, meaning, words]) => {
    const error = Object.assign(new Error(code), { code, errno: -1 });
    expect(fileError(error, '/srv/page.jpg')).toMatchObject({
      code: meaning,
      message: expect.stringMatching(new RegExp(`/srv/page.jpg .*${words}`)) as string,
      cause: error,
    });
  });
});
