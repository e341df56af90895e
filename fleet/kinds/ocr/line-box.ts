import type { Point } from '../../page/page.ts';

/** A rectangle at an angle: where a line of text lies. */
export interface LineBox {
  readonly centreX: number;
  readonly centreY: number;
  /** Along the reading direction. */
  readonly width: number;
  readonly height: number;
  /** Radians by which the reading direction is turned from the x axis towards the y axis (down). */
  readonly angle: number;
}

/** A position inside the box, from its centre along and across the reading direction. */
function pointInBox(box: LineBox, along: number, across: number): Point {
  const cos = Math.cos(box.angle);
  const sin = Math.sin(box.angle);
  return [box.centreX + along * cos - across * sin, box.centreY + along * sin + across * cos];
}

/** The corners, clockwise from the one where reading starts. */
export function corners(box: LineBox): readonly [Point, Point, Point, Point] {
  const along = box.width / 2;
  const across = box.height / 2;
  return [
    pointInBox(box, -along, -across),
    pointInBox(box, along, -across),
    pointInBox(box, along, across),
    pointInBox(box, -along, across),
  ];
}

/** The same box read from the other end, as on a page that stands on its head. */
export function turnedAround(box: LineBox): LineBox {
  return { ...box, angle: box.angle + Math.PI };
}
