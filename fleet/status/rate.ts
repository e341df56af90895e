const bucketCount = 60;

export interface RollingRateOptions {
  /** Length of the sliding window, in milliseconds; 60,000 by default. */
  readonly windowMs?: number;
  /** Monotonic milliseconds. */
  readonly now?: () => number;
}

/**
 * Events per second over a sliding window, in constant memory: the window is a ring of 60 buckets,
 * so the oldest events leave it in steps of a sixtieth.
 *
 * @example
 * const pages = new RollingRate();
 * pages.add();
 * pages.perSecond();
 */
export class RollingRate {
  readonly #buckets = new Float64Array(bucketCount);
  readonly #bucketMs: number;
  readonly #now: () => number;
  readonly #startedAt: number;
  #newest: number;

  constructor({ windowMs = 60_000, now = () => performance.now() }: RollingRateOptions = {}) {
    this.#bucketMs = windowMs / bucketCount;
    this.#now = now;
    this.#startedAt = now();
    this.#newest = this.#index();
  }

  /** Counts `events` (pages, bytes, milliseconds: whatever is rated) as of now. */
  add(events = 1): void {
    this.#slide();
    const slot = this.#newest % bucketCount;
    this.#buckets[slot] = (this.#buckets[slot] ?? 0) + events;
  }

  /** Sum of what was added within the window. */
  sum(): number {
    this.#slide();
    return this.#buckets.reduce((sum, events) => sum + events, 0);
  }

  /**
   * Before the window has filled once, the rate is over the time since construction, though over
   * one second at least, so that the first events do not look like a burst.
   */
  perSecond(): number {
    const covered = this.#now() - Math.max(this.#startedAt, this.#windowStart());
    return this.sum() / (Math.max(covered, 1000) / 1000);
  }

  #index(): number {
    return Math.floor(this.#now() / this.#bucketMs);
  }

  #windowStart(): number {
    return (this.#index() - bucketCount + 1) * this.#bucketMs;
  }

  #slide(): void {
    const newest = this.#index();
    if (newest - this.#newest >= bucketCount) this.#buckets.fill(0);
    else for (let i = this.#newest + 1; i <= newest; i += 1) this.#buckets[i % bucketCount] = 0;
    this.#newest = Math.max(this.#newest, newest);
  }
}
