const digits = /(\d+)/;

/**
 * Orders file names as a reader numbers pages: `p2.jpg` before `p10.jpg`, `p1.jpg` before
 * `p1-2.jpg`. A total order that depends on the names alone (no locale), so that the same files
 * give the same page indexes on every machine.
 */
export function naturalSort<T>(items: readonly T[], name: (item: T) => string): T[] {
  return items
    .map((item) => ({ item, name: name(item), chunks: stem(name(item)).split(digits) }))
    .sort((a, b) => compareChunks(a.chunks, b.chunks) || compareText(a.name, b.name))
    .map(({ item }) => item);
}

/** Without the extension, or `p1.jpg` would come after `p1-2.jpg` ("-" sorts before "."). */
function stem(name: string): string {
  const dot = name.lastIndexOf('.');
  return dot > 0 ? name.slice(0, dot) : name;
}

/** Chunks alternate between text (even places) and digits (odd places). */
function compareChunks(a: readonly string[], b: readonly string[]): number {
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i++) {
    const [left, right] = [a[i] as string, b[i] as string];
    const order = i % 2 === 1 ? compareDigits(left, right) : compareText(left, right);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

/** By value, at any length: numbers in file names can exceed what a double holds. */
function compareDigits(a: string, b: string): number {
  const [left, right] = [a.replace(/^0+/, ''), b.replace(/^0+/, '')];
  return left.length - right.length || compareText(left, right);
}

function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
