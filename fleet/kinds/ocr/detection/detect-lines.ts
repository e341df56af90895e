import type { GrayImage } from '../../../image/decode-frame.ts';
import { resizeGray } from '../../../image/resize.ts';
import type { FloatTensor, OnnxSession } from '../../../inference/onnx-session.ts';
import type { LineBox } from '../line-box.ts';
import { type BoxOptions, findBoxes } from './find-boxes.ts';

export interface DetectOptions extends BoxOptions {
  /** Pixels of the longer side as the detector sees it. */
  readonly side: number;
}

/** The detector halves its input five times. */
const multiple = 32;

/** Finds the lines of text on a page, in pixels of the page, in no order. */
export async function detectLines(
  detector: OnnxSession,
  image: GrayImage,
  options: DetectOptions,
): Promise<LineBox[]> {
  const { width, height } = detectorSize(image, options.side);
  const input = normalise(await resizeGray(image, width, height), width, height);
  const { data } = await detector.run(input);
  const boxes = findBoxes({ data, width, height }, options);
  return boxes.map((box) => scaled(box, image.width / width, image.height / height));
}

function detectorSize(image: GrayImage, side: number): { width: number; height: number } {
  const scale = Math.min(1, side / Math.max(image.width, image.height));
  const fit = (pixels: number) =>
    Math.max(multiple, Math.round((pixels * scale) / multiple) * multiple);
  return { width: fit(image.width), height: fit(image.height) };
}

/** Mean and standard deviation of ImageNet's channels, which the detectors were trained with. */
const channels = [
  { mean: 0.485, deviation: 0.229 },
  { mean: 0.456, deviation: 0.224 },
  { mean: 0.406, deviation: 0.225 },
] as const;

const lookUp = channels.map(({ mean, deviation }) =>
  Float32Array.from({ length: 256 }, (_, value) => (value / 255 - mean) / deviation),
);

/** Gray bytes to the three normalised planes of a colour image, by table. */
function normalise(gray: Uint8Array, width: number, height: number): FloatTensor {
  const plane = width * height;
  const data = new Float32Array(lookUp.length * plane);
  lookUp.forEach((table, channel) => {
    const offset = channel * plane;
    for (let pixel = 0; pixel < plane; pixel++) data[offset + pixel] = table[gray[pixel]!]!;
  });
  return { data, dims: [1, lookUp.length, height, width] };
}

/** The two scales differ by a few per cent at most (both sides are rounded): the angle stays. */
function scaled(box: LineBox, scaleX: number, scaleY: number): LineBox {
  return {
    ...box,
    centreX: (box.centreX + 0.5) * scaleX,
    centreY: (box.centreY + 0.5) * scaleY,
    width: box.width * scaleX,
    height: box.height * scaleY,
  };
}
