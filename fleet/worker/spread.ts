/** Milliseconds that Postgres takes for one claim, roughly: how far apart they should come. */
const APART_MS = 1;
const LONGEST_MS = 1_000;

/**
 * How long to wait before answering a hint that all live workers got, so that they do not all answer
 * at once: a random share of one claim's time for each worker too many. A fleet no larger than the
 * number of announced tasks does not wait at all.
 *
 * @param announced number of tasks in the hint's payload; anything else (`resumed`) may be any number
 */
export function spreadMs(announced: string, workers: number, random: () => number): number {
  const tasks = /^\d+$/.test(announced) ? Number(announced) : 0;
  const tooMany = Math.max(0, workers - 1 - tasks);
  return random() * Math.min(LONGEST_MS, tooMany * APART_MS);
}
