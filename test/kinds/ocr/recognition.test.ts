import { describe, expect, it } from 'vitest';
import { cropLine } from '../../../fleet/kinds/ocr/recognition/crop-line.ts';
import { ctcBestPath } from '../../../fleet/kinds/ocr/recognition/ctc.ts';

describe('ctcBestPath', () => {
  /** One step for each class, with its probability; the others share the rest. */
  const probabilities = (...steps: readonly (readonly [best: number, probability: number])[]) => {
    const data = steps.flatMap(([best, probability]) =>
      [0, 1, 2].map((index) => (index === best ? probability : (1 - probability) / 2)),
    );
    return { data: Float32Array.from(data), dims: [1, steps.length, 3] };
  };
  const characters = ['', 'a', 'b'];

  it('joins repetitions unless a blank stands between them', () => {
    const steps = probabilities([1, 0.9], [1, 0.9], [0, 0.9], [1, 0.9], [2, 0.9]);
    expect(ctcBestPath(steps, characters).text).toBe('aab');
  });

  it('is as confident as the mean of the characters that it read', () => {
    const steps = probabilities([1, 0.9], [0, 0.99], [2, 0.5]);
    expect(ctcBestPath(steps, characters).confidence).toBeCloseTo(0.7, 5);
  });

  it('reads nothing, with no confidence, from blanks', () => {
    expect(ctcBestPath(probabilities([0, 1], [0, 1]), characters)).toEqual({
      text: '',
      confidence: 0,
    });
  });
});

describe('cropLine', () => {
  const box = { centreX: 4, centreY: 3, width: 4, height: 2, angle: 0 };
  const size = { width: 4, height: 2, paddedWidth: 6 };
  /** 8 × 6 pixels whose brightness is 10 · x + y. */
  const image = {
    data: Uint8Array.from({ length: 48 }, (_, index) => 10 * (index % 8) + Math.floor(index / 8)),
    width: 8,
    height: 6,
  };
  const pixels = (data: Float32Array, count: number) =>
    [...data.subarray(0, count)].map((value) => Math.round((value + 1) * 127.5));

  it('takes the pixels of the box, in three equal planes, padded with middle gray', () => {
    const { data, dims } = cropLine(image, box, size);
    expect(dims).toEqual([1, 3, 2, 6]);
    expect(pixels(data, 4)).toEqual([22, 32, 42, 52]);
    expect([data[4], data[5]]).toEqual([0, 0]);
    expect(data.subarray(12, 24)).toEqual(data.subarray(0, 12));
  });

  it('reads a box that is turned around from its other end', () => {
    const { data } = cropLine(image, { ...box, angle: Math.PI }, size);
    expect(pixels(data, 4)).toEqual([53, 43, 33, 23]);
  });

  it('repeats the edge of the page outside of it', () => {
    const { data } = cropLine(image, { ...box, centreX: 0 }, size);
    expect(pixels(data, 4)).toEqual([2, 2, 2, 12]);
  });
});
