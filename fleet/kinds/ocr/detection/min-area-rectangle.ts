import type { Point } from '../../../page/page.ts';
import type { LineBox } from '../line-box.ts';

/** The convex hull by Andrew's monotone chain, without repeated or collinear points. */
export function convexHull(points: readonly Point[]): Point[] {
  const sorted = points.toSorted((a, b) => a[0] - b[0] || a[1] - b[1]);
  const lower = halfHull(sorted);
  const upper = halfHull(sorted.reverse());
  return [...lower.slice(0, -1), ...upper.slice(0, -1)];
}

function halfHull(points: readonly Point[]): Point[] {
  const hull: Point[] = [];
  for (const point of points) {
    while (hull.length >= 2 && turn(hull.at(-2)!, hull.at(-1)!, point) <= 0) hull.pop();
    hull.push(point);
  }
  return hull;
}

const turn = (from: Point, via: Point, to: Point): number =>
  (via[0] - from[0]) * (to[1] - from[1]) - (via[1] - from[1]) * (to[0] - from[0]);

/**
 * The smallest rectangle around the points: one side of it lies on a side of their hull (Freeman
 * and Shapira, 1975). Its reading direction is within 45° of the x axis.
 * Undefined when all points lie on one line.
 */
export function minAreaRectangle(points: readonly Point[]): LineBox | undefined {
  const hull = convexHull(points);
  if (hull.length < 3) return undefined;
  let best: LineBox | undefined;
  for (let index = 0; index < hull.length; index++) {
    const box = rectangleAlong(hull, hull[index]!, hull[(index + 1) % hull.length]!);
    if (best === undefined || box.width * box.height < best.width * best.height) best = box;
  }
  return best && readingAlongX(best);
}

function rectangleAlong(hull: readonly Point[], from: Point, to: Point): LineBox {
  const length = Math.hypot(to[0] - from[0], to[1] - from[1]);
  const cos = (to[0] - from[0]) / length;
  const sin = (to[1] - from[1]) / length;
  let [left, right, top, bottom] = [Infinity, -Infinity, Infinity, -Infinity];
  for (const [x, y] of hull) {
    const along = x * cos + y * sin;
    const across = y * cos - x * sin;
    left = Math.min(left, along);
    right = Math.max(right, along);
    top = Math.min(top, across);
    bottom = Math.max(bottom, across);
  }
  const along = (left + right) / 2;
  const across = (top + bottom) / 2;
  return {
    centreX: along * cos - across * sin,
    centreY: along * sin + across * cos,
    width: right - left,
    height: bottom - top,
    angle: Math.atan2(sin, cos),
  };
}

function readingAlongX(box: LineBox): LineBox {
  const quarter = Math.PI / 2;
  const turns = Math.round(box.angle / quarter);
  const angle = box.angle - turns * quarter;
  return turns % 2 === 0
    ? { ...box, angle }
    : { ...box, angle, width: box.height, height: box.width };
}
