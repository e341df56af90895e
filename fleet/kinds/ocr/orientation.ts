import type { GrayImage } from '../../image/decode-frame.ts';
import type { OnnxSession } from '../../inference/onnx-session.ts';
import type { LineBox } from './line-box.ts';
import { cropLine } from './recognition/crop-line.ts';

/** Input of the line classifier; longer lines are cut, shorter ones padded. */
const size = { width: 192, height: 48 };
const aspect = size.width / size.height;

/** Lines asked: the longest ones, which the classifier is surest of. */
const jury = 9;

/** True when most of the longest lines of the page stand on their head. */
export async function isUpsideDown(
  classifier: OnnxSession,
  image: GrayImage,
  boxes: readonly LineBox[],
): Promise<boolean> {
  const longest = boxes.toSorted((a, b) => b.width / b.height - a.width / a.height).slice(0, jury);
  let votes = 0;
  for (const box of longest) {
    const { data } = await classifier.run(cropLine(image, beginningOf(box), cropSize(box)));
    const [upright = 0, turned = 0] = data;
    votes += turned - upright;
  }
  return votes > 0;
}

function beginningOf(box: LineBox): LineBox {
  const width = Math.min(box.width, box.height * aspect);
  const back = (box.width - width) / 2;
  const centreX = box.centreX - back * Math.cos(box.angle);
  const centreY = box.centreY - back * Math.sin(box.angle);
  return { ...box, centreX, centreY, width };
}

function cropSize(box: LineBox) {
  const natural = Math.ceil((size.height * box.width) / box.height);
  return { width: Math.min(size.width, natural), height: size.height, paddedWidth: size.width };
}
