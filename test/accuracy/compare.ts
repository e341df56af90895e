import { characterErrors, rate } from './character-errors.ts';
import type { SamplePage, Zone } from './sample-pages.ts';

/** A line as any reader gives it. */
export interface ReadLine {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
  readonly text: string;
}

export interface Comparison {
  /** Character error rate of the whole page, lines in the order in which the reader gave them. */
  readonly page: number;
  /** The same, zone by zone: each line counts in the zone that its middle lies in. */
  readonly zones: number | undefined;
}

export function compare(page: SamplePage, lines: readonly ReadLine[]): Comparison {
  const whole = rate([characterErrors(page.truth, textOf(lines))]);
  if (page.zones.length === 0) return { page: whole, zones: undefined };
  const byZone = page.zones.map((zone) =>
    characterErrors(zone.truth, textOf(lines.filter((line) => liesIn(line, zone)))),
  );
  return { page: whole, zones: rate(byZone) };
}

const textOf = (lines: readonly ReadLine[]): string => lines.map(({ text }) => text).join('\n');

function liesIn(line: ReadLine, zone: Zone): boolean {
  const x = (line.left + line.right) / 2;
  const y = (line.top + line.bottom) / 2;
  return x >= zone.left && x <= zone.right && y >= zone.top && y <= zone.bottom;
}
