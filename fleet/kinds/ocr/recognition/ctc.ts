import type { FloatTensor } from '../../../inference/onnx-session.ts';

export interface Reading {
  readonly text: string;
  /** Mean probability of the characters read; 0 for an empty text. */
  readonly confidence: number;
}

/** Class 0 stands between two characters. */
const blank = 0;

/**
 * Best-path decoding of CTC (Graves et al., 2006): the likeliest class at each step, repetitions
 * joined, blanks dropped. `probabilities` is [1, steps, classes]; class i is `characters[i]`.
 */
export function ctcBestPath(probabilities: FloatTensor, characters: readonly string[]): Reading {
  const [, steps = 0, classes = 0] = probabilities.dims;
  let text = '';
  let sum = 0;
  let read = 0;
  let previous = blank;
  for (let step = 0; step < steps; step++) {
    const best = likeliest(probabilities.data, step * classes, classes);
    if (best !== blank && best !== previous) {
      text += characters[best] ?? '';
      sum += probabilities.data[step * classes + best]!;
      read++;
    }
    previous = best;
  }
  return { text, confidence: read === 0 ? 0 : sum / read };
}

function likeliest(data: Float32Array, offset: number, classes: number): number {
  let best = 0;
  let highest = -Infinity;
  for (let index = 0; index < classes; index++) {
    const value = data[offset + index]!;
    if (value <= highest) continue;
    highest = value;
    best = index;
  }
  return best;
}
