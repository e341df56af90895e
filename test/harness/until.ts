import { setTimeout as sleep } from 'node:timers/promises';

interface Patience {
  /** What is waited for: the time-out says that it did not come. */
  readonly what?: string;
  readonly timeoutMs?: number;
}

/**
 * Waits until the condition gives something truthy, and gives that. An error of the condition
 * counts as "not yet"; the last one becomes the cause of the time-out.
 */
export async function until<T>(
  condition: () => T | Promise<T>,
  { what = condition.toString(), timeoutMs = 30_000 }: Patience = {},
): Promise<Exclude<T, false | 0 | '' | null | undefined>> {
  const deadline = Date.now() + timeoutMs;
  let cause: unknown;
  for (;;) {
    try {
      const result = await condition();
      if (result) return result as Exclude<T, false | 0 | '' | null | undefined>;
    } catch (error) {
      cause = error;
    }
    if (Date.now() > deadline)
      throw new Error(`after ${timeoutMs} ms still not: ${what}`, { cause });
    await sleep(15);
  }
}
