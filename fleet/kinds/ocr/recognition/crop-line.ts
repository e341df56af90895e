import type { GrayImage } from '../../../image/decode-frame.ts';
import type { FloatTensor } from '../../../inference/onnx-session.ts';
import type { LineBox } from '../line-box.ts';

export interface CropSize {
  /** Pixels of the line's image inside the tensor. */
  readonly width: number;
  readonly height: number;
  /** Width of the tensor; what is right of the line's image stays 0, the middle gray. */
  readonly paddedWidth: number;
}

/**
 * Samples a line, bilinearly and at its own angle, from the page straight into a model's input
 * [1, 3, height, paddedWidth], scaled to −1 (black) … 1 (white).
 */
export function cropLine(image: GrayImage, box: LineBox, size: CropSize): FloatTensor {
  const plane = size.height * size.paddedWidth;
  const data = new Float32Array(3 * plane);
  const cos = Math.cos(box.angle);
  const sin = Math.sin(box.angle);
  const stepX = box.width / size.width;
  const stepY = box.height / size.height;
  for (let row = 0; row < size.height; row++) {
    const across = (row + 0.5) * stepY - box.height / 2;
    let x = box.centreX + (0.5 * stepX - box.width / 2) * cos - across * sin - 0.5;
    let y = box.centreY + (0.5 * stepX - box.width / 2) * sin + across * cos - 0.5;
    const offset = row * size.paddedWidth;
    for (let column = 0; column < size.width; column++) {
      data[offset + column] = sample(image, x, y) / 127.5 - 1;
      x += stepX * cos;
      y += stepX * sin;
    }
  }
  data.copyWithin(plane, 0, plane);
  data.copyWithin(2 * plane, 0, plane);
  return { data, dims: [1, 3, size.height, size.paddedWidth] };
}

/** The brightness at a position between pixels; outside the page, that of its nearest edge. */
function sample({ data, width, height }: GrayImage, x: number, y: number): number {
  const insideX = Math.min(Math.max(x, 0), width - 1);
  const insideY = Math.min(Math.max(y, 0), height - 1);
  const left = Math.min(Math.floor(insideX), Math.max(0, width - 2));
  const top = Math.min(Math.floor(insideY), Math.max(0, height - 2));
  const right = width > 1 ? 1 : 0;
  const below = height > 1 ? width : 0;
  const partX = insideX - left;
  const partY = insideY - top;
  const at = top * width + left;
  const upper = data[at]! + (data[at + right]! - data[at]!) * partX;
  const lower = data[at + below]! + (data[at + below + right]! - data[at + below]!) * partX;
  return upper + (lower - upper) * partY;
}
