import { readFile } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { FleetError } from '../../fleet/errors/fleet-error.ts';
import { defaultLimits } from '../../fleet/image/limits.ts';
import { openImage } from '../../fleet/image/open-image.ts';
import { scanFile } from '../fixtures/scans.ts';
import { writeTiff } from './tiff-writer.ts';

const decode = (bytes: Uint8Array, frame = 0) => openImage(bytes).decode(frame);

async function failure(run: () => unknown): Promise<FleetError> {
  try {
    await run();
  } catch (error) {
    if (FleetError.is(error)) return error;
    throw error;
  }
  throw new Error('it did not fail');
}

const gray = (values: readonly number[]) =>
  sharp(Buffer.from(values), { raw: { width: values.length, height: 1, channels: 1 } });
const rgb = (...pixels: readonly (readonly number[])[]) =>
  sharp(Buffer.from(pixels.flat()), {
    raw: { width: pixels.length, height: 1, channels: pixels[0]!.length as 3 | 4 },
  });
const white = (width: number, height: number) =>
  sharp({ create: { width, height, channels: 3, background: '#ffffff' } });

/** Rewrites the header of a PNG (its first chunk, IHDR) so that it promises another size. */
function claimSize(png: Buffer, width: number, height: number): Buffer {
  const ihdr = { type: 12, width: 16, height: 20, end: 29 };
  png.writeUInt32BE(width, ihdr.width);
  png.writeUInt32BE(height, ihdr.height);
  png.writeUInt32BE(crc32(png.subarray(ihdr.type, ihdr.end)), ihdr.end);
  return png;
}

describe('pixels', () => {
  it('are one byte each, at the original size', async () => {
    const image = await decode(await gray([0, 10, 128, 255]).png().toBuffer());
    expect(image).toMatchObject({ width: 4, height: 1 });
    expect(image.warning).toBeUndefined();
    expect([...image.data]).toEqual([0, 10, 128, 255]);
  });

  it('of a 1-bit Group 4 scan are black on white', async () => {
    const image = await decode(await readFile(scanFile('8087_054.3B.tif')));
    expect([image.width, image.height]).toEqual([2560, 3300]);
    const black = image.data.filter((value) => value === 0).length / image.data.length;
    expect(black).toBeGreaterThan(0.02);
    expect(black).toBeLessThan(0.3);
    expect(image.data.every((value) => value === 0 || value === 255)).toBe(true);
  });

  it('of colours are their brightness, so that ink of no colour is lost', async () => {
    const colours = rgb([255, 255, 255], [0, 255, 255], [0, 160, 0], [200, 0, 0], [0, 0, 0]);
    const image = await decode(await colours.png().toBuffer());
    expect([...image.data]).toEqual([255, 178, 93, 60, 0]);
  });

  it('of a colour JPEG are their brightness too', async () => {
    const image = await decode(
      await sharp({ create: { width: 8, height: 8, channels: 3, background: '#c00000' } })
        .jpeg()
        .toBuffer(),
    );
    expect(image.data[0]).toBeGreaterThan(50);
    expect(image.data[0]).toBeLessThan(65);
  });

  it('of 16 bits are scaled, not clipped', async () => {
    const data = Buffer.from(Uint16Array.of(0, 32_768, 50_000, 65_535).buffer);
    const image = await decode(writeTiff({ width: 4, height: 1, bits: 16, data }));
    expect(image.data[0]).toBe(0);
    expect(Math.abs(image.data[1]! - 128)).toBeLessThan(2);
    expect(Math.abs(image.data[2]! - 195)).toBeLessThan(2);
    expect(image.data[3]).toBe(255);
  });

  it('of 16-bit colours are scaled too', async () => {
    const pixels = Uint16Array.of(65_535, 65_535, 65_535, 32_768, 32_768, 32_768, 0, 0, 0);
    const source = sharp(pixels, { raw: { width: 3, height: 1, channels: 3 } });
    const image = await decode(await source.toColourspace('rgb16').png().toBuffer());
    expect(image.data[0]).toBe(255);
    expect(Math.abs(image.data[1]! - 128)).toBeLessThan(2);
    expect(image.data[2]).toBe(0);
  });

  it('of a 4-bit gray TIFF are scaled', async () => {
    const data = Buffer.from([0x01, 0x8f]);
    const image = await decode(writeTiff({ width: 4, height: 1, bits: 4, data }));
    expect([...image.data]).toEqual([0, 17, 136, 255]);
  });

  it('of a TIFF that counts white as 0 are turned round', async () => {
    const data = Buffer.from([0, 255]);
    const image = await decode(writeTiff({ width: 2, height: 1, bits: 8, data, tags: { 262: 0 } }));
    expect([...image.data]).toEqual([255, 0]);
  });

  it('of CMYK paper are white', async () => {
    const image = await decode(await white(8, 8).toColourspace('cmyk').jpeg().toBuffer());
    expect(image.data[0]).toBe(255);
  });

  it('that are transparent are white', async () => {
    const image = await decode(await rgb([0, 0, 0, 0], [0, 0, 0, 255]).png().toBuffer());
    expect([...image.data]).toEqual([255, 0]);
  });

  it('stand upright as EXIF says', async () => {
    const sideways = await gray([0, 85, 255])
      .jpeg({ quality: 100 })
      .withMetadata({ orientation: 6 })
      .toBuffer();
    const image = await decode(sideways);
    expect([image.width, image.height]).toEqual([1, 3]);
  });
});

describe('frames', () => {
  const frame = (width: number, tags = {}) => ({
    width,
    height: 1,
    bits: 8,
    data: Buffer.alloc(width, width),
    tags,
  });

  it('of a multi-page TIFF are decoded one by one, each at its own size', async () => {
    const image = openImage(writeTiff(frame(2), frame(4)));
    expect(image.frames).toBe(2);
    expect(await image.decode(1)).toMatchObject({ width: 4, height: 1 });
  });

  it('leave out thumbnails and pyramid levels', async () => {
    const image = openImage(writeTiff(frame(6, { 254: 0 }), frame(2, { 254: 1 }), frame(4)));
    expect(image.frames).toBe(2);
    expect(await image.decode(1)).toMatchObject({ width: 4 });
  });

  it('of any other format are one', async () => {
    expect(openImage(await white(2, 2).webp().toBuffer()).frames).toBe(1);
  });
});

describe('a file that is no image', () => {
  it('is refused when it is empty', async () => {
    expect(await failure(() => decode(new Uint8Array()))).toMatchObject({ code: 'IMAGE_EMPTY' });
  });

  it('is refused with what it looks like', async () => {
    const html = Buffer.from('<!doctype html><title>403 Forbidden</title>');
    expect(await failure(() => decode(html))).toMatchObject({
      code: 'IMAGE_NOT_AN_IMAGE',
      message: 'The file is not an image: it looks like an HTML page.',
    });
  });
});

describe('a format that cannot be decoded', () => {
  it('is named with its converter', async () => {
    const jp2 = Buffer.from('\0\0\0\x0cjP  \r\n\x87\n\0\0\0\x14ftypjp2 ', 'latin1');
    const error = await failure(() => decode(jp2));
    expect(error).toMatchObject({
      code: 'IMAGE_UNSUPPORTED',
      message: expect.stringContaining('JPEG 2000'),
    });
    expect(error.remedy).toContain('opj_decompress');
  });

  it.each([
    ['ZSTD', { 259: 50_000 }],
    ['LZMA', { 259: 34_925 }],
    ['Lab', { 262: 8 }],
    ['floating-point', { 339: 3 }],
  ])('is refused when it is a TIFF with %s', async (name, tags) => {
    const tiff = writeTiff({ width: 2, height: 1, bits: 8, data: Buffer.from([1, 2]), tags });
    expect(await failure(() => decode(tiff))).toMatchObject({
      code: 'IMAGE_UNSUPPORTED',
      message: expect.stringContaining(name),
    });
  });

  it('includes SVG, whose loader is closed', async () => {
    const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>');
    expect(await failure(() => decode(svg))).toMatchObject({ code: 'IMAGE_UNSUPPORTED' });
    await expect(sharp(svg).metadata()).rejects.toThrow(/unsupported image format/);
  });
});

describe('a damaged file', () => {
  it('is read as far as it goes, with a warning', async () => {
    const jpeg = await sharp(await readFile(scanFile('phototest.tif')))
      .jpeg()
      .toBuffer();
    const image = await decode(jpeg.subarray(0, jpeg.length * 0.6));
    expect(image).toMatchObject({ width: 640, height: 480 });
    expect(image.warning).toBe(
      'The file is damaged (premature end of JPEG image); it was read as far as possible.',
    );
  });

  it('is read with a warning when it is a PNG, too', async () => {
    const png = await sharp(await readFile(scanFile('phototest.tif')))
      .png()
      .toBuffer();
    expect((await decode(png.subarray(0, png.length / 2))).warning).toContain('damaged');
  });

  it('is refused when nothing can be decoded', async () => {
    const jpeg = await white(64, 64).jpeg().toBuffer();
    expect(await failure(() => decode(jpeg.subarray(0, 100)))).toMatchObject({
      code: 'IMAGE_CORRUPT',
    });
  });

  it('is refused when the directory of a TIFF is cut off', async () => {
    const tiff = await readFile(scanFile('8087_054.3B.tif'));
    expect(await failure(() => decode(tiff.subarray(0, tiff.length / 2)))).toMatchObject({
      code: 'IMAGE_CORRUPT',
      message: expect.stringContaining('cut short'),
    });
  });
});

describe('limits', () => {
  it('refuse a decompression bomb from its header', async () => {
    const bomb = claimSize(await white(8, 8).png().toBuffer(), 20_000, 15_000);
    expect(await failure(() => decode(bomb))).toMatchObject({
      code: 'IMAGE_TOO_LARGE',
      message: 'The image has 20000 × 15000 pixels (300 megapixels); the limit is 200 megapixels.',
    });
  });

  it('can be lowered', async () => {
    const small = await white(100, 100).png().toBuffer();
    const image = openImage(small, { ...defaultLimits, maxPixels: 9_999 });
    expect(await failure(() => image.decode(0))).toMatchObject({ code: 'IMAGE_TOO_LARGE' });
  });
});
