import type { GrayImage } from './decode-frame.ts';
import { sharp } from './sharp.ts';

/** Scales to exactly this size, averaging where it shrinks. Gives one byte a pixel. */
export async function resizeGray(
  image: GrayImage,
  width: number,
  height: number,
): Promise<Uint8Array> {
  if (image.width === width && image.height === height) return image.data;
  const raw = { width: image.width, height: image.height, channels: 1 as const };
  return await sharp(image.data, { raw, limitInputPixels: false })
    .resize(width, height, { fit: 'fill', kernel: 'linear' })
    .toColourspace('b-w')
    .raw()
    .toBuffer();
}
