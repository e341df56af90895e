import { basename } from 'node:path';
import { describe, expect, it } from 'vitest';
import { discoverVolumes } from '../../fleet/volume/discover.ts';
import { collected } from './collected.ts';
import { folderWith } from './folder.ts';

const { signal } = new AbortController();

async function found(folder: string): Promise<string[]> {
  const uris = await collected(discoverVolumes(folder, { signal }));
  return uris.map((uri) => uri.slice(uri.indexOf(basename(folder)) + basename(folder).length));
}

describe('discovering volumes', () => {
  it('finds every folder that directly holds images or a manifest, once each', async () => {
    const folder = await folderWith({
      'W1/images/1.jpg': '',
      'W1/images/2.jpg': '',
      'W1/images.txt': '',
      'W2/a/1.tif': '',
      'W2/a/inner/1.png': '',
      'W2/a/z.tif': '',
      'W2/b c/dimensions.json': '[]',
      'W3/notes.txt': '',
      'W4/.thumbs/1.jpg': '',
    });
    expect(await found(folder)).toEqual(['/W1/images/', '/W2/a/', '/W2/a/inner/', '/W2/b%20c/']);
  });

  it('finds the folder itself when it is one', async () => {
    expect(await found(await folderWith({ '1.jpg': '' }))).toEqual(['/']);
  });

  it('gives out what it found before it has seen everything', async () => {
    const folder = await folderWith({ 'a/1.jpg': '', 'b/1.jpg': '' });
    for await (const uri of discoverVolumes(folder, { signal })) {
      expect(uri).toMatch(/\/a\/$/);
      break;
    }
  });

  it('says so when the folder does not exist', async () => {
    await expect(found('/no/such/folder')).rejects.toMatchObject({ code: 'STORE_NOT_FOUND' });
  });
});
