import type { LineBox } from '../line-box.ts';
import { minAreaRectangle } from './min-area-rectangle.ts';
import { type ProbabilityMap, type TextRegion, textRegions } from './text-regions.ts';

export interface BoxOptions {
  readonly pixelThreshold: number;
  readonly boxThreshold: number;
  readonly unclipRatio: number;
}

/** Pixels of the map; smaller regions are noise. As in DBNet's reference post-processing. */
const minSide = 3;

/**
 * Text lines from the probability map of a DBNet detector (Liao et al., "Real-time Scene Text
 * Detection with Differentiable Binarization", 2020), in pixels of the map.
 */
export function findBoxes(map: ProbabilityMap, options: BoxOptions): LineBox[] {
  return textRegions(map, options.pixelThreshold).flatMap((region) => {
    const box = boxOf(region);
    if (box === undefined || meanInside(map, box) < options.boxThreshold) return [];
    const widened = unclip(box, options.unclipRatio);
    return Math.min(widened.width, widened.height) < minSide + 2 ? [] : [widened];
  });
}

function boxOf(region: TextRegion): LineBox | undefined {
  if (region.area < minSide * minSide) return undefined;
  const box = minAreaRectangle(region.ends);
  return box && Math.min(box.width, box.height) >= minSide ? box : undefined;
}

/**
 * The network is trained on text shrunk by area · (1 − r²) / perimeter; this offsets the rectangle
 * outwards by area · ratio / perimeter on every side. For a rectangle that has a closed form.
 */
function unclip(box: LineBox, ratio: number): LineBox {
  const distance = (box.width * box.height * ratio) / (2 * (box.width + box.height));
  return { ...box, width: box.width + 2 * distance, height: box.height + 2 * distance };
}

/** Mean probability over the pixels inside the rectangle. */
function meanInside(map: ProbabilityMap, box: LineBox): number {
  const cos = Math.cos(box.angle);
  const sin = Math.sin(box.angle);
  const along = box.width / 2 + 0.01;
  const across = box.height / 2 + 0.01;
  const reachX = Math.abs(along * cos) + Math.abs(across * sin);
  const reachY = Math.abs(along * sin) + Math.abs(across * cos);
  const right = Math.min(map.width - 1, Math.ceil(box.centreX + reachX));
  const bottom = Math.min(map.height - 1, Math.ceil(box.centreY + reachY));
  let sum = 0;
  let count = 0;
  for (let y = Math.max(0, Math.floor(box.centreY - reachY)); y <= bottom; y++) {
    for (let x = Math.max(0, Math.floor(box.centreX - reachX)); x <= right; x++) {
      const dx = x - box.centreX;
      const dy = y - box.centreY;
      if (Math.abs(dx * cos + dy * sin) > along || Math.abs(dy * cos - dx * sin) > across) continue;
      sum += map.data[y * map.width + x]!;
      count++;
    }
  }
  return count === 0 ? 0 : sum / count;
}
