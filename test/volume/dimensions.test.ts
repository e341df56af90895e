import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { parseDimensions } from '../../fleet/volume/dimensions.ts';

const where = 's3://scans/W1/dimensions.json';
const parse = async (value: unknown) =>
  await parseDimensions(Buffer.from(JSON.stringify(value)), where);
const page = (filename: string) => ({ filename, width: 2000, height: 600 });

describe('dimensions.json', () => {
  it("is read as BDRC writes it: gzip'd, without a header that says so", async () => {
    const bytes = gzipSync(JSON.stringify([page('I1.jpg'), page('I2.tif')]));
    const { pages } = await parseDimensions(bytes, where);
    expect(pages).toEqual([
      { name: 'I1.jpg', width: 2000, height: 600 },
      { name: 'I2.tif', width: 2000, height: 600 },
    ]);
  });

  it('is read plain, too, and without sizes', async () => {
    const { pages } = await parse([{ filename: 'a.PNG', width: null }]);
    expect(pages).toEqual([{ name: 'a.PNG', width: undefined, height: undefined }]);
  });

  it('passes over what is no page image', async () => {
    const { pages, skipped } = await parse(
      ['1.jpg', 'a.pdf', 'sub/2.jpg', '.hidden.jpg', '3.jp2', 'noext'].map(page),
    );
    expect(pages.map(({ name }) => name)).toEqual(['1.jpg']);
    expect(skipped).toBe(5);
  });

  it.each([
    ['a damaged gzip file', gzipSync('[]').subarray(0, 12), /damaged gzip/],
    ['bytes that are no text', Buffer.from([0xff, 0xfe, 0x00]), /not UTF-8/],
    ['text that is not JSON', Buffer.from('<html>'), /not JSON/],
    ['an object', Buffer.from('{"a": 1}'), /holds an object, a list/],
    ['null', Buffer.from('null'), /holds null/],
    ['an entry without a file name', Buffer.from('[{"filename":"1.jpg"},{}]'), /entry 2: filename/],
    ['a wrong size', Buffer.from('[{"filename":"1.jpg","width":-1}]'), /entry 1: width/],
    ['an entry that is no object', Buffer.from('["1.jpg"]'), /entry 1/],
    [
      'a page named twice',
      Buffer.from(JSON.stringify(['1.jpg', '2.jpg', '1.jpg'].map(page))),
      /entry 3: "1.jpg" stands at entry 1 too/,
    ],
  ])('with %s is refused by a sentence that names the place', async (_, bytes, message) => {
    await expect(parseDimensions(bytes, where)).rejects.toMatchObject({
      code: 'VOLUME_MANIFEST_INVALID',
      message: expect.stringMatching(message),
    });
    await expect(parseDimensions(bytes, where)).rejects.toThrow(where);
  });

  it.each(['../x.jpg', '/etc/x.jpg', 'a/../../x.jpg', 'a\\x.jpg', 'x\u0000.jpg', ''])(
    'with the file name %j is refused, not passed over',
    async (name) => {
      await expect(parse([page(name)])).rejects.toMatchObject({ code: 'VOLUME_MANIFEST_INVALID' });
    },
  );

  it('that unpacks beyond all measure is refused before it fills the memory', async () => {
    const bomb = gzipSync(Buffer.alloc(65 * 1024 * 1024));
    await expect(parseDimensions(bomb, where)).rejects.toThrow(/unpacks to more than 64 MB/);
  });
});
