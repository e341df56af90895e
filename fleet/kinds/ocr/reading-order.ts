/** `left`, `top`, `right`, `bottom` of something to be read. */
export interface Extent {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

interface Item<T> {
  readonly line: T;
  readonly extent: Extent;
  readonly middle: number;
  /** Items that are read directly or indirectly after this one. */
  readonly followers: Item<T>[];
  /** Items to be read before this one that were not read yet. */
  waitingFor: number;
}

/** Two lines are in one column when the narrower lies below the other by this share of its width. */
const columnOverlap = 0.5;

/**
 * Sorts lines as a reader of a left-to-right script takes them, columns included. After Breuel,
 * "High Performance Document Layout Analysis" (2003): of two lines in one column the upper comes
 * first; a line left of another comes first unless a line between them spans both; then a
 * topological sort, which prefers to go on below the line just read.
 */
export function inReadingOrder<T>(lines: readonly T[], extentOf: (line: T) => Extent): T[] {
  const items = lines.map((line): Item<T> => {
    const extent = extentOf(line);
    const middle = (extent.top + extent.bottom) / 2;
    return { line, extent, middle, followers: [], waitingFor: 0 };
  });
  items.sort((a, b) => a.middle - b.middle || a.extent.left - b.extent.left);
  items.forEach((item, index) => {
    linkColumn(item, items.slice(index + 1));
    linkRight(item, items.slice(index + 1));
    linkRight(item, items.slice(0, index).reverse());
  });
  return topological(items).map(({ line }) => line);
}

function link<T>(first: Item<T>, then: Item<T>): void {
  first.followers.push(then);
  then.waitingFor++;
}

function linkColumn<T>(item: Item<T>, below: readonly Item<T>[]): void {
  for (const other of below) if (inOneColumn(item.extent, other.extent)) link(item, other);
}

/**
 * Links an item to those on its right, going away from it downwards or upwards. The walk remembers
 * how far to the right the lines it met in the item's own column reach: they part it from all that
 * lies beyond them.
 */
function linkRight<T>(item: Item<T>, away: readonly Item<T>[]): void {
  let reach = item.extent.right;
  for (const other of away) {
    if (inOneColumn(item.extent, other.extent)) {
      reach = Math.max(reach, other.extent.right);
    } else if (
      isLeftOf(item.extent, other.extent) &&
      reach <= other.extent.left + slack(other.extent)
    ) {
      link(item, other);
    }
  }
}

function inOneColumn(a: Extent, b: Extent): boolean {
  const overlap = Math.min(a.right, b.right) - Math.max(a.left, b.left);
  return overlap >= columnOverlap * Math.min(a.right - a.left, b.right - b.left);
}

/** Found lines are a little wider than their ink: neighbours may overlap by half a line's height. */
const slack = ({ top, bottom }: Extent): number => (bottom - top) / 2;

const isLeftOf = (a: Extent, b: Extent): boolean => a.left < b.left && a.right <= b.left + slack(a);

function topological<T>(items: readonly Item<T>[]): Item<T>[] {
  const remaining = new Set(items);
  const order: Item<T>[] = [];
  while (remaining.size > 0) {
    const next = choose([...remaining], order.at(-1));
    remaining.delete(next);
    order.push(next);
    for (const follower of next.followers) follower.waitingFor--;
  }
  return order;
}

/**
 * The item to read next: a heading above all that is left, else the one below the item just read,
 * else the leftmost. Overlapping columns can make a circle, in which nothing is free: then one of
 * those that wait for the fewest others.
 */
function choose<T>(remaining: readonly Item<T>[], last: Item<T> | undefined): Item<T> {
  const fewest = Math.min(...remaining.map(({ waitingFor }) => waitingFor));
  const free = remaining.filter(({ waitingFor }) => waitingFor === fewest);
  const heading = free.find((item) => remaining.every((other) => isAbove(item, other)));
  const below = free.find(
    ({ extent, middle }) => last && middle > last.middle && inOneColumn(last.extent, extent),
  );
  return (
    heading ??
    below ??
    free.reduce((left, item) => (item.extent.left < left.extent.left ? item : left))
  );
}

const isAbove = <T>(item: Item<T>, other: Item<T>): boolean =>
  item === other || item.extent.bottom <= other.extent.top + slack(item.extent);
