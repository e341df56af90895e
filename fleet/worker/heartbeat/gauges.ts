/** Slots of the shared memory. */
const PAGES = 0;
const DEADLINE = 1;
const LAST_BEAT = 2;

/**
 * What the worker and its heartbeat thread know together, fresh even while one of them is busy.
 * Times are of the machine's monotonic clock: `performance.now()` differs from thread to thread.
 */
export class HeartGauges {
  readonly memory: SharedArrayBuffer;
  readonly #slots: BigInt64Array;

  constructor(memory = new SharedArrayBuffer(3 * BigInt64Array.BYTES_PER_ELEMENT)) {
    this.memory = memory;
    this.#slots = new BigInt64Array(memory);
  }

  addPage(): void {
    Atomics.add(this.#slots, PAGES, 1n);
  }

  /** Pages read since the worker started. */
  get pages(): number {
    return Number(Atomics.load(this.#slots, PAGES));
  }

  /** A lease of `ttlMs`, counted from the moment at which it was asked for. */
  renew(sentAt: bigint, ttlMs: number): void {
    Atomics.store(this.#slots, LAST_BEAT, sentAt);
    Atomics.store(this.#slots, DEADLINE, sentAt + BigInt(Math.round(ttlMs * 1e6)));
  }

  /** Negative when the lease has run out. */
  get expiresInMs(): number {
    return Number(Atomics.load(this.#slots, DEADLINE) - monotonic()) / 1e6;
  }

  get lastBeatMsAgo(): number {
    return Number(monotonic() - Atomics.load(this.#slots, LAST_BEAT)) / 1e6;
  }
}

/** Nanoseconds of the machine's monotonic clock, the same in every thread. */
export function monotonic(): bigint {
  return process.hrtime.bigint();
}
