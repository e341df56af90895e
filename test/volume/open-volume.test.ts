import { appendFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { confirmUnchanged, openVolume } from '../../fleet/volume/open-volume.ts';
import { folderWith } from './folder.ts';

const { signal } = new AbortController();
const open = async (uri: string, expectedVersion?: string) =>
  await openVolume(uri, { signal, expectedVersion });
const dimensions = (...names: string[]) =>
  JSON.stringify(names.map((filename) => ({ filename, width: 20, height: 10 })));

describe('a folder of images as a volume', () => {
  it('has its images as pages, in natural order, with sizes and etags', async () => {
    const folder = await folderWith({ 'p10.jpg': 'ten', 'p2.jpg': 'second', 'p1.TIF': '1' });
    const volume = await open(folder);
    expect(volume.pages.map(({ index, name, size }) => [index, name, size])).toEqual([
      [0, 'p1.TIF', 1],
      [1, 'p2.jpg', 6],
      [2, 'p10.jpg', 3],
    ]);
    expect(volume.pages.every(({ etag }) => etag !== undefined)).toBe(true);
    expect(volume.bytes).toBe(10);
    expect(volume.uri).toMatch(/^file:\/\/\/.*\/$/);
  });

  it('passes over hidden files, other files and subfolders', async () => {
    const folder = await folderWith({
      '1.jpg': '',
      '.2.jpg': '',
      '._3.jpg': '',
      'notes.txt': '',
      jpg: '',
      'sub/4.jpg': '',
    });
    const { pages } = await open(folder);
    expect(pages.map(({ name }) => name)).toEqual(['1.jpg']);
  });

  it('without images is refused, naming it and what is there instead', async () => {
    const folder = await folderWith({ 'notes.txt': '', 'images/1.jpg': '' });
    await expect(open(folder)).rejects.toMatchObject({
      code: 'VOLUME_EMPTY',
      message: expect.stringMatching(/fleet-volume-.*found files notes\.txt and folders images\//),
      remedy: expect.stringMatching(/folder that directly holds/),
    });
  });

  it('that does not exist is refused as such', async () => {
    await expect(open('/no/such/folder')).rejects.toMatchObject({
      code: 'STORE_NOT_FOUND',
      message: expect.stringContaining('/no/such/folder'),
    });
  });
});

describe('a volume with dimensions.json', () => {
  it('has the pages that it names, with their sizes from the folder', async () => {
    const manifest = gzipSync(dimensions('2.jpg', '10.jpg', '1.jpg'));
    const folder = await folderWith({
      'dimensions.json': manifest,
      '1.jpg': 'one',
      '2.jpg': 'second',
      'extra.jpg': 'is not named',
    });
    const { pages } = await open(folder);
    expect(pages.map(({ name, size, width }) => [name, size, width])).toEqual([
      ['1.jpg', 3, 20],
      ['2.jpg', 6, 20],
      ['10.jpg', undefined, 20],
    ]);
  });

  it('that names no image is empty', async () => {
    const folder = await folderWith({ 'dimensions.json': dimensions('a.pdf'), '1.jpg': '' });
    await expect(open(folder)).rejects.toMatchObject({
      code: 'VOLUME_EMPTY',
      message: expect.stringMatching(/lists 1 entries, none a page image/),
    });
  });

  it('that is damaged is refused, although images stand beside it', async () => {
    const folder = await folderWith({ 'dimensions.json': 'oops', '1.jpg': '' });
    await expect(open(folder)).rejects.toMatchObject({
      code: 'VOLUME_MANIFEST_INVALID',
      message: expect.stringMatching(/dimensions\.json is not JSON/),
    });
  });
});

describe('the version of a volume', () => {
  it('stays while nothing changes and is another one after any page changed', async () => {
    const folder = await folderWith({ '1.jpg': 'a', '2.jpg': 'b' });
    const volume = await open(folder);
    await expect(open(folder, volume.version)).resolves.toMatchObject({ version: volume.version });
    await confirmUnchanged(volume, signal);

    await appendFile(join(folder, '2.jpg'), 'more');
    await expect(open(folder, volume.version)).rejects.toMatchObject({
      code: 'VOLUME_CHANGED',
      message: expect.stringContaining(volume.version.slice(0, 12)),
    });
    await expect(confirmUnchanged(volume, signal)).rejects.toMatchObject({
      code: 'VOLUME_CHANGED',
    });
  });

  it('is another one after a page went', async () => {
    const folder = await folderWith({ '1.jpg': 'a', '2.jpg': 'b' });
    const { version } = await open(folder);
    await rm(join(folder, '1.jpg'));
    expect((await open(folder)).version).not.toBe(version);
  });
});
