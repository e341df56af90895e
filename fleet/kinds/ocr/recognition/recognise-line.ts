import type { GrayImage } from '../../../image/decode-frame.ts';
import type { OnnxSession } from '../../../inference/onnx-session.ts';
import type { LineBox } from '../line-box.ts';
import { cropLine } from './crop-line.ts';
import { ctcBestPath, type Reading } from './ctc.ts';

/** Height of a line as the recognisers were trained. */
const height = 48;
/** Widths are padded to this: the runtime then meets few different shapes. */
const multiple = 32;
/** A line 66 times as long as high; longer ones are squeezed. */
const maxWidth = 3200;
const minWidth = 16;

/** Reads one line, at its own width: on CPUs that is faster than batches padded to the longest. */
export async function recogniseLine(
  recogniser: OnnxSession,
  characters: readonly string[],
  image: GrayImage,
  box: LineBox,
): Promise<Reading> {
  const natural = Math.ceil((height * box.width) / box.height);
  const width = Math.min(maxWidth, Math.max(minWidth, natural));
  const paddedWidth = Math.ceil(width / multiple) * multiple;
  const input = cropLine(image, box, { width, height, paddedWidth });
  return ctcBestPath(await recogniser.run(input), characters);
}
