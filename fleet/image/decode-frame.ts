import type { Metadata, Sharp } from 'sharp';
import { FleetError } from '../errors/fleet-error.ts';
import type { DecodeLimits } from './limits.ts';
import { luma } from './luma.ts';
import { sharp } from './sharp.ts';

/** One decoded image: a byte a pixel, row by row, 0 black to 255 white, upright as EXIF says. */
export interface GrayImage {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
  /** Set when the file is damaged and only a part of the image could be decoded. */
  readonly warning?: string | undefined;
}

/** Strict fails on damage that libvips notices; lenient fills what is missing and goes on. */
type Tolerance = 'strict' | 'lenient';

/** Decodes one frame; its limits are judged from the header, before any pixel is decoded. */
export async function decodeFrame(
  bytes: Uint8Array,
  page: number,
  limits: DecodeLimits,
): Promise<GrayImage> {
  const header = await readHeader(bytes, page);
  refuseTooLarge(header, limits.maxPixels);
  refuseDeepSamples(header);
  const decode = (tolerance: Tolerance) => toGray(bytes, page, header, limits, tolerance);
  try {
    return await decode('strict');
  } catch (damage) {
    if (isTimeOut(damage)) throw timedOut(limits, damage);
    const image = await decode('lenient').catch((error: unknown) => {
      throw isTimeOut(error) ? timedOut(limits, error) : corrupt(error);
    });
    return {
      ...image,
      warning: `The file is damaged (${reason(damage)}); it was read as far as possible.`,
    };
  }
}

async function readHeader(bytes: Uint8Array, page: number): Promise<Metadata> {
  try {
    return await sharp(bytes, { page, limitInputPixels: false, failOn: 'none' }).metadata();
  } catch (error) {
    throw corrupt(error);
  }
}

function refuseTooLarge({ width, height }: Metadata, maxPixels: number): void {
  if (width * height <= maxPixels) return;
  const megapixels = (pixels: number) => `${Math.round(pixels / 1e6)} megapixels`;
  throw new FleetError(
    'IMAGE_TOO_LARGE',
    `The image has ${width} × ${height} pixels (${megapixels(width * height)}); the limit is ${megapixels(maxPixels)}.`,
  );
}

function refuseDeepSamples({ depth }: Metadata): void {
  if (depth === 'uchar' || depth === 'ushort') return;
  throw new FleetError(
    'IMAGE_UNSUPPORTED',
    `The image has samples of type ${depth}, not of 8 or 16 bits.`,
  );
}

async function toGray(
  bytes: Uint8Array,
  page: number,
  header: Metadata,
  limits: DecodeLimits,
  tolerance: Tolerance,
): Promise<GrayImage> {
  const upright = sharp(bytes, {
    page,
    limitInputPixels: limits.maxPixels,
    failOn: tolerance === 'strict' ? 'error' : 'none',
  })
    .timeout({ seconds: limits.timeoutSeconds })
    .autoOrient();
  const opaque = header.hasAlpha ? upright.flatten({ background: '#ffffff' }) : upright;
  return isGray(header) ? await grayPixels(opaque) : await colourPixels(opaque);
}

const isGray = ({ space }: Metadata): boolean => space === 'b-w' || space === 'grey16';

async function grayPixels(image: Sharp): Promise<GrayImage> {
  const { data, info } = await image
    .toColourspace('b-w')
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height };
}

async function colourPixels(image: Sharp): Promise<GrayImage> {
  const { data, info } = await image
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { data: luma(data), width: info.width, height: info.height };
}

const isTimeOut = (error: unknown): boolean =>
  error instanceof Error && error.message.startsWith('timeout:');

const timedOut = (limits: DecodeLimits, cause: unknown): FleetError =>
  new FleetError('TIMED_OUT', `Decoding took longer than ${limits.timeoutSeconds} s.`, { cause });

const corrupt = (cause: unknown): FleetError =>
  new FleetError('IMAGE_CORRUPT', `The image cannot be decoded: ${reason(cause)}.`, { cause });

/** libvips collects one line per attempt; the first says what happened. */
function reason(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const first = message.split('\n', 1)[0] ?? message;
  return first
    .replace(/^(Input buffer has corrupt header: |Vips\w+: |vipspng: |tiff2vips: )+/, '')
    .replace(/\.$/, '');
}
