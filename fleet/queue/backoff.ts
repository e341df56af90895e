export interface BackoffOptions {
  /** Milliseconds before the first repetition; doubles with each further one. */
  readonly baseMs: number;
  readonly capMs: number;
  /** 0…1. */
  readonly random?: () => number;
}

/**
 * Waiting times between repetitions: exponential, capped, and each drawn from its upper half
 * ("equal jitter": M. Brooker, Exponential Backoff And Jitter, AWS Architecture Blog, 2015), so that
 * a fleet that lost its database together does not come back together.
 */
export class Backoff {
  readonly #options: BackoffOptions;
  #repetitions = 0;

  constructor(options: BackoffOptions) {
    this.#options = options;
  }

  /** Milliseconds to wait now. */
  next(): number {
    const { baseMs, capMs, random = Math.random } = this.#options;
    const full = Math.min(capMs, baseMs * 2 ** Math.min(this.#repetitions, 30));
    this.#repetitions += 1;
    return full * (0.5 + random() / 2);
  }

  /** After a success. */
  reset(): void {
    this.#repetitions = 0;
  }
}
