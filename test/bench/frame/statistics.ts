/** The middle of the sorted values, or the mean of the two in the middle. Throws when empty. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const below = sorted[Math.ceil(middle) - 1];
  const above = sorted[Math.floor(middle)];
  if (below === undefined || above === undefined) throw new Error('no values');
  return (below + above) / 2;
}

/** Nearest rank: the smallest value that `share` (0…1) of all values do not exceed. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const value = sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
  if (value === undefined) throw new Error('no values');
  return value;
}
