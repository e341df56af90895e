import type { Theme } from './theme.ts';

/** Unicode braille patterns: dots from the bottom up, in the left and the right half of a cell. */
const brailleBase = 0x2800;
const leftDots = [0x40, 0x04, 0x02, 0x01];
const rightDots = [0x80, 0x20, 0x10, 0x08];
const asciiLevels = ' .:|';

/**
 * The newest values as an area graph of `width` × `height` characters, from the top row down; the
 * highest value fills it. Braille shows two values a character in four steps, ASCII one in three.
 */
export function graph(
  values: readonly number[],
  width: number,
  height: number,
  theme: Theme,
): string[] {
  const braille = theme.glyphs === 'unicode';
  const perCell = braille ? 2 : 1;
  const steps = braille ? 4 : asciiLevels.length - 1;
  const shown = values.slice(-width * perCell);
  const padded = [...Array<number>(width * perCell - shown.length).fill(0), ...shown];
  const highest = Math.max(...padded, Number.MIN_VALUE);
  const levels = padded.map((value) => level(value / highest, steps * height));
  return Array.from({ length: height }, (_, row) => {
    const below = (height - 1 - row) * steps;
    const inRow = levels.map((value) => Math.max(0, Math.min(steps, value - below)));
    return braille ? brailleRow(inRow) : inRow.map((value) => asciiLevels[value]).join('');
  });
}

/** Anything above zero shows. */
function level(share: number, steps: number): number {
  return share === 0 ? 0 : Math.max(1, Math.round(share * steps));
}

function brailleRow(levels: readonly number[]): string {
  let row = '';
  for (let i = 0; i < levels.length; i += 2) {
    const dots = dotsUpTo(leftDots, levels[i]) | dotsUpTo(rightDots, levels[i + 1]);
    row += String.fromCodePoint(brailleBase + dots);
  }
  return row;
}

function dotsUpTo(dots: readonly number[], height = 0): number {
  return dots.slice(0, height).reduce((pattern, dot) => pattern | dot, 0);
}
