import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { scanFile } from '../fixtures/scans.ts';
import { fleet } from '../harness/cli.ts';
import { makeTemporaryFolder, removeTemporaryFolder } from '../harness/temporary-folder.ts';
import { writeTiff } from '../image/tiff-writer.ts';

interface PageOutcome {
  readonly name: string;
  readonly frame: number;
  readonly ok: boolean;
  readonly text: string;
  readonly error: { readonly type: string; readonly message: string } | null;
  readonly warning: string | null;
}

describe('reading a volume', () => {
  let folder = '';

  beforeAll(async () => {
    folder = await makeTemporaryFolder();
  });
  afterAll(() => removeTemporaryFolder(folder));

  const environment = () => ({
    FLEET_DATA_DIR: join(folder, 'data'),
    FLEET_CACHE_DIR: join(folder, 'cache'),
  });

  function run(volume: string, ...more: string[]) {
    const parameters = ['run', volume, '--kind', 'ocr', '--output', join(folder, 'out'), '--json'];
    return fleet([...parameters, ...more], { env: environment(), timeoutMs: 240_000 });
  }

  it('reads every form of a scan, and gives what cannot be read a row with its reason', async () => {
    const volume = join(folder, 'mixed');
    await mkdir(volume);
    const pages = await mixedPages(await readFile(scanFile('phototest.tif')));
    for (const [name, bytes] of Object.entries(pages)) await writeFile(join(volume, name), bytes);

    const { stdout, stderr, exitCode } = await run(volume);

    expect(exitCode, stderr).toBe(0);
    const outcome = JSON.parse(stdout) as { pages: number; failed: number; rows: PageOutcome[] };
    const rows = outcome.rows;
    expect(new Set(rows.map((row) => row.name))).toEqual(new Set(Object.keys(pages)));
    for (const row of rows.filter(({ name }) => name.startsWith('read-'))) {
      expect(row, row.name).toMatchObject({ ok: true });
      expect(row.text, row.name).toMatch(/12 point text/);
    }
    expect(
      rows.filter(({ name }) => name === 'read-two-frames.tif').map((row) => row.frame),
    ).toEqual([0, 1]);
    expect(rows.find(({ name }) => name === 'read-truncated.jpg')?.warning).toBeTruthy();
    const failures = rows.filter(({ ok }) => !ok).map(({ name, error }) => [name, error?.type]);
    expect(Object.fromEntries(failures)).toEqual({
      'bad-bomb.png': 'IMAGE_TOO_LARGE',
      'bad-corrupt.tif': 'IMAGE_CORRUPT',
      'bad-empty.jpg': 'IMAGE_EMPTY',
      'bad-html.jpg': 'IMAGE_NOT_AN_IMAGE',
      'bad-jpeg2000.jp2': 'IMAGE_UNSUPPORTED',
    });
    expect(outcome).toMatchObject({ pages: Object.keys(pages).length, failed: 5 });
  });

  it.each([
    ['an empty folder', 'empty', /has no page images|VOLUME_EMPTY/],
    ['a folder that is not there', 'missing', /missing/],
  ])('says what is wrong with %s', async (_label, name, sentence) => {
    if (name === 'empty') await mkdir(join(folder, name));
    const { stderr, exitCode } = await run(join(folder, name));

    expect(exitCode).toBe(1);
    expect(stderr).toMatch(sentence);
    expect(stderr).toContain(join(folder, name));
  });

  it('is done once by a whole local fleet, and not again', async () => {
    const up = () =>
      fleet(['up', '--samples', '--until-empty', '--json'], {
        env: environment(),
        timeoutMs: 240_000,
      });

    const first = await up();
    expect(first.exitCode, first.stderr).toBe(0);
    const read = JSON.parse(first.stdout) as {
      added: number;
      volumes: { pages: { text: string }[] }[];
    };
    expect(read.added).toBe(2);
    const text = read.volumes.flatMap(({ pages }) => pages.map((page) => page.text)).join('\n');
    expect(text).toMatch(/quick brown dog jumped/);

    const second = await up();
    expect(second.exitCode, second.stderr).toBe(0);
    expect(second.stderr).toMatch(/nothing is done twice/);
    expect(JSON.parse(second.stdout)).toMatchObject({ added: 0, volumes: read.volumes });
  });
});

async function mixedPages(tiff: Buffer): Promise<Readonly<Record<string, Uint8Array>>> {
  const gray = await sharp(tiff).greyscale().png().toBuffer();
  const jpeg = await sharp(gray).jpeg({ quality: 90 }).toBuffer();
  const { data, info } = await sharp(gray).greyscale().raw().toBuffer({ resolveWithObject: true });
  const { width, height } = info;
  const pixels =
    info.channels === 1 ? data : data.filter((_, index) => index % info.channels === 0);
  const deep = Buffer.from(Uint16Array.from(pixels, (value) => value * 257).buffer);
  const frame = { width, height, bits: 8, data: pixels };
  return {
    'read-1-bit.tif': tiff,
    'read-gray.jpg': jpeg,
    'read-16-bit.tif': writeTiff({ width, height, bits: 16, data: deep }),
    'read-4-bit.tif': writeTiff({ width, height, bits: 4, data: nibbles(pixels, width) }),
    'read-cmyk.jpg': await sharp(gray).toColourspace('cmyk').jpeg({ quality: 90 }).toBuffer(),
    'read-two-frames.tif': writeTiff(frame, frame),
    'read-sideways.jpg': await sharp(gray)
      .rotate(270)
      .jpeg()
      .withMetadata({ orientation: 6 })
      .toBuffer(),
    'read-truncated.jpg': jpeg.subarray(0, Math.floor(jpeg.length * 0.97)),
    'bad-bomb.png': await bomb(),
    'bad-corrupt.tif': Buffer.concat([tiff.subarray(0, 8), Buffer.alloc(4000, 0x5a)]),
    'bad-empty.jpg': new Uint8Array(),
    'bad-html.jpg': Buffer.from('<!DOCTYPE html><title>404 Not Found</title>'),
    'bad-jpeg2000.jp2': Buffer.from('0000000c6a5020200d0a870a00000014667479706a703220', 'hex'),
  };
}

/** Two pixels a byte; a row begins at a byte. */
function nibbles(pixels: Uint8Array, width: number): Uint8Array {
  const perRow = Math.ceil(width / 2);
  const packed = new Uint8Array(perRow * (pixels.length / width));
  for (const [index, value] of pixels.entries()) {
    const [row, column] = [Math.floor(index / width), index % width];
    const place = row * perRow + (column >> 1);
    packed[place] = (packed[place] ?? 0) | ((value >> 4) << (column % 2 === 0 ? 4 : 0));
  }
  return packed;
}

/** A small PNG whose header (the chunk IHDR) promises 1.6 gigapixels. */
async function bomb(): Promise<Buffer> {
  const white = { width: 8, height: 8, channels: 3, background: '#ffffff' } as const;
  const png = await sharp({ create: white }).png().toBuffer();
  png.writeUInt32BE(40_000, 16);
  png.writeUInt32BE(40_000, 20);
  png.writeUInt32BE(crc32(png.subarray(12, 29)), 29);
  return png;
}
