import type { Point } from '../../../page/page.ts';

/** A connected region of text pixels. */
export interface TextRegion {
  /** Pixels in it. */
  readonly area: number;
  /** The first and the last pixel of each of its runs: enough for the hull. */
  readonly ends: Point[];
}

/** Text pixels next to each other in one row, `first` to `last` inclusive. */
interface Run {
  readonly row: number;
  readonly first: number;
  readonly last: number;
}

/** A map of probabilities, row by row. */
export interface ProbabilityMap {
  readonly data: Float32Array;
  readonly width: number;
  readonly height: number;
}

/**
 * The 8-connected regions of pixels above the threshold, by union of the runs of neighbouring
 * rows: one pass over the pixels, the rest in the number of runs.
 */
export function textRegions(map: ProbabilityMap, threshold: number): TextRegion[] {
  const runs: Run[] = [];
  const sets = new DisjointSets();
  let above = 0;
  for (let row = 0; row < map.height; row++) {
    const start = runs.length;
    appendRuns(runs, map, row, threshold);
    for (let index = start; index < runs.length; index++) sets.add();
    joinRows(runs, above, start, sets);
    above = start;
  }
  return gather(runs, sets);
}

function appendRuns(runs: Run[], map: ProbabilityMap, row: number, threshold: number): void {
  const { data, width } = map;
  const offset = row * width;
  for (let x = 0; x < width; x++) {
    if (data[offset + x]! <= threshold) continue;
    const first = x;
    while (x < width && data[offset + x]! > threshold) x++;
    runs.push({ row, first, last: x - 1 });
  }
}

/** Joins the runs from `start` on with those from `above` to `start` that touch them. */
function joinRows(runs: readonly Run[], above: number, start: number, sets: DisjointSets): void {
  let upper = above;
  for (let lower = start; lower < runs.length; lower++) {
    const run = runs[lower]!;
    while (upper < start && runs[upper]!.last < run.first - 1) upper++;
    for (let other = upper; other < start && runs[other]!.first <= run.last + 1; other++) {
      sets.join(other, lower);
    }
  }
}

function gather(runs: readonly Run[], sets: DisjointSets): TextRegion[] {
  const regions = new Map<number, { area: number; ends: Point[] }>();
  runs.forEach((run, index) => {
    const root = sets.find(index);
    const region = regions.get(root) ?? { area: 0, ends: [] };
    region.area += run.last - run.first + 1;
    region.ends.push([run.first, run.row], [run.last, run.row]);
    regions.set(root, region);
  });
  return [...regions.values()];
}

class DisjointSets {
  readonly #parents: number[] = [];

  add(): void {
    this.#parents.push(this.#parents.length);
  }

  find(index: number): number {
    let at = index;
    while (this.#parents[at] !== at) {
      const parent = this.#parents[at]!;
      this.#parents[at] = this.#parents[parent]!;
      at = parent;
    }
    return at;
  }

  join(left: number, right: number): void {
    const [a, b] = [this.find(left), this.find(right)];
    this.#parents[Math.max(a, b)] = Math.min(a, b);
  }
}
