import type { GrayImage } from '../../image/decode-frame.ts';
import type { OnnxSession } from '../../inference/onnx-session.ts';
import type { Line, Point } from '../../page/page.ts';
import { detectLines } from './detection/detect-lines.ts';
import { corners, type LineBox, turnedAround } from './line-box.ts';
import { isUpsideDown } from './orientation.ts';
import type { OcrParameters } from './parameters.ts';
import { type Extent, inReadingOrder } from './reading-order.ts';
import { recogniseLine } from './recognition/recognise-line.ts';

/** The opened models of the kind. */
export interface OcrModels {
  readonly detector: OnnxSession;
  readonly recogniser: OnnxSession;
  /** By class of the recogniser. */
  readonly characters: readonly string[];
  /** Undefined when pages are read as they were scanned. */
  readonly classifier: OnnxSession | undefined;
}

export interface PageText {
  readonly lines: readonly Line[];
  /** 0 or 180. */
  readonly rotation: number;
  readonly timings: Readonly<Record<string, number>>;
}

/** Finds, orients, orders and reads the lines of one image. Stops between lines on `signal`. */
export async function readPage(
  models: OcrModels,
  image: GrayImage,
  parameters: OcrParameters,
  signal: AbortSignal,
): Promise<PageText> {
  const start = performance.now();
  const found = await detectLines(models.detector, image, {
    side: parameters.detector_side,
    pixelThreshold: parameters.pixel_threshold,
    boxThreshold: parameters.box_threshold,
    unclipRatio: parameters.unclip_ratio,
  });
  const detected = performance.now();
  signal.throwIfAborted();
  const turned =
    models.classifier !== undefined && (await isUpsideDown(models.classifier, image, found));
  const boxes = orderBoxes(turned ? found.map(turnedAround) : found, image, turned);
  const oriented = performance.now();
  const lines = await readLines(models, image, boxes, parameters.min_confidence, signal);
  return {
    lines,
    rotation: turned ? 180 : 0,
    timings: {
      detect: detected - start,
      orient: oriented - detected,
      recognise: performance.now() - oriented,
    },
  };
}

async function readLines(
  models: OcrModels,
  image: GrayImage,
  boxes: readonly LineBox[],
  minConfidence: number,
  signal: AbortSignal,
): Promise<Line[]> {
  const lines: Line[] = [];
  for (const box of boxes) {
    signal.throwIfAborted();
    const { text, confidence } = await recogniseLine(
      models.recogniser,
      models.characters,
      image,
      box,
    );
    if (text.trim() === '' || confidence < minConfidence) continue;
    const polygon = corners(box).map((corner) => insidePage(corner, image));
    lines.push({ polygon, bbox: boundingBox(polygon), text, confidence });
  }
  return lines;
}

/** The order is that of the page as it is read: of one on its head, the mirrored places count. */
function orderBoxes(boxes: readonly LineBox[], image: GrayImage, turned: boolean): LineBox[] {
  return inReadingOrder(boxes, (box): Extent => {
    const [left, top, right, bottom] = boundingBox(corners(box));
    if (!turned) return { left, top, right, bottom };
    const { width, height } = image;
    return { left: width - right, top: height - bottom, right: width - left, bottom: height - top };
  });
}

function boundingBox(points: readonly Point[]): [number, number, number, number] {
  const xs = points.map(([x]) => x);
  const ys = points.map(([, y]) => y);
  return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
}

const insidePage = ([x, y]: Point, { width, height }: GrayImage): Point => [
  Math.min(Math.max(x, 0), width),
  Math.min(Math.max(y, 0), height),
];
