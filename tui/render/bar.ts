import { type Line, span } from './line.ts';
import type { Theme, Tone } from './theme.ts';

export interface BarPart {
  readonly amount: number;
  readonly tone: Tone;
  /** Parts are told apart without colours too. */
  readonly glyphs: Readonly<Record<Theme['glyphs'], string>>;
}

/** A bar of exactly `width` cells, each part as long as its share and one cell at least. */
export function bar(parts: readonly BarPart[], width: number, theme: Theme): Line {
  const cells = apportion(
    parts.map(({ amount }) => amount),
    width,
  );
  return parts.map(({ tone, glyphs }, i) => span(glyphs[theme.glyphs].repeat(cells[i] ?? 0), tone));
}

/** Shares `cells` out by largest remainder. What is there at all gets a cell, taken from the largest. */
export function apportion(amounts: readonly number[], cells: number): number[] {
  const total = amounts.reduce((sum, amount) => sum + amount, 0);
  if (total === 0) return amounts.map(() => 0);
  const exact = amounts.map((amount) => (amount * cells) / total);
  const shares = exact.map((share, i) =>
    (amounts[i] ?? 0) > 0 ? Math.max(1, Math.floor(share)) : 0,
  );
  const spare = () => cells - shares.reduce((sum, share) => sum + share, 0);
  while (spare() > 0)
    bump(shares, indexOfMax(exact.map((share, i) => share - (shares[i] ?? 0))), 1);
  while (spare() < 0) bump(shares, indexOfMax(shares), -1);
  return shares;
}

function bump(shares: number[], index: number, by: number): void {
  shares[index] = (shares[index] ?? 0) + by;
}

function indexOfMax(values: readonly number[]): number {
  return values.reduce((best, value, i) => (value > (values[best] ?? 0) ? i : best), 0);
}
