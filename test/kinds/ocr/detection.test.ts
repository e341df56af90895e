import { describe, expect, it } from 'vitest';
import { findBoxes } from '../../../fleet/kinds/ocr/detection/find-boxes.ts';
import {
  convexHull,
  minAreaRectangle,
} from '../../../fleet/kinds/ocr/detection/min-area-rectangle.ts';
import {
  type ProbabilityMap,
  textRegions,
} from '../../../fleet/kinds/ocr/detection/text-regions.ts';

/** A map from a drawing: `#` is certain text, `+` likely, `.` none. */
function draw(drawing: string): ProbabilityMap {
  const rows = drawing
    .trim()
    .split('\n')
    .map((row) => row.trim());
  const probability: Record<string, number> = { '#': 1, '+': 0.5 };
  const data = Float32Array.from(rows.join('').split(''), (sign) => probability[sign] ?? 0);
  return { data, width: rows[0]!.length, height: rows.length };
}

/** A map with one filled rectangle, turned by `angle` around its centre. */
function tilted(width: number, height: number, angle: number, probability = 1): ProbabilityMap {
  const size = 200;
  const data = new Float32Array(size * size);
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const [dx, dy] = [x - 100, y - 100];
      const along = dx * Math.cos(angle) + dy * Math.sin(angle);
      const across = dy * Math.cos(angle) - dx * Math.sin(angle);
      if (Math.abs(along) <= width / 2 && Math.abs(across) <= height / 2)
        data[y * size + x] = probability;
    }
  }
  return { data, width: size, height: size };
}

const options = { pixelThreshold: 0.3, boxThreshold: 0.6, unclipRatio: 1.5 };

describe('textRegions', () => {
  const areas = (map: ProbabilityMap, threshold = 0.3) =>
    textRegions(map, threshold)
      .map(({ area }) => area)
      .toSorted((a, b) => a - b);

  it('joins pixels that touch at a corner', () => {
    expect(areas(draw('##..\n..##\n....\n###.'))).toEqual([3, 4]);
  });

  it('joins branches that meet further down', () => {
    expect(areas(draw('#.#.#\n#.#.#\n#####'))).toEqual([11]);
    expect(areas(draw('.#..#\n#...#\n.####'))).toEqual([8]);
  });

  it('takes pixels above the threshold only', () => {
    expect(areas(draw('#+#'), 0.6)).toEqual([1, 1]);
    expect(areas(draw('...'))).toEqual([]);
  });
});

describe('minAreaRectangle', () => {
  it('lies on the hull of the points', () => {
    expect(
      convexHull([
        [0, 0],
        [2, 0],
        [1, 0],
        [2, 2],
        [1, 1],
        [0, 2],
      ]),
    ).toHaveLength(4);
  });

  it.each([0, 10, -30, 44])('finds a rectangle turned by %i°', (degrees) => {
    const angle = (degrees * Math.PI) / 180;
    const corners = [
      [-40, -5],
      [40, -5],
      [40, 5],
      [-40, 5],
    ].map(
      ([x, y]) =>
        [
          x! * Math.cos(angle) - y! * Math.sin(angle),
          x! * Math.sin(angle) + y! * Math.cos(angle),
        ] as const,
    );
    const box = minAreaRectangle(corners);
    expect(box?.width).toBeCloseTo(80, 6);
    expect(box?.height).toBeCloseTo(10, 6);
    expect(box?.angle).toBeCloseTo(angle, 6);
  });

  it('is none for points on one line', () => {
    expect(
      minAreaRectangle([
        [0, 0],
        [5, 5],
        [9, 9],
      ]),
    ).toBeUndefined();
  });
});

describe('findBoxes', () => {
  it('widens what it finds by area · ratio / perimeter on each side', () => {
    const [box, ...rest] = findBoxes(tilted(100, 10, 0), options);
    const distance = (100 * 10 * 1.5) / (2 * 110);
    expect(rest).toEqual([]);
    expect(box?.width).toBeCloseTo(100 + 2 * distance, 6);
    expect(box?.height).toBeCloseTo(10 + 2 * distance, 6);
  });

  it('keeps the angle of a tilted line', () => {
    const [box] = findBoxes(tilted(120, 12, 0.1), options);
    expect(box?.angle).toBeCloseTo(0.1, 1);
    expect(box?.centreX).toBeCloseTo(100, 0);
  });

  it('drops what is improbable or too small', () => {
    expect(findBoxes(tilted(100, 10, 0, 0.5), options)).toEqual([]);
    expect(findBoxes(tilted(2, 2, 0), options)).toEqual([]);
  });
});
