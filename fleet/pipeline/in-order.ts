import { Bell } from './bell.ts';

/** What the next item's taker gets when there is none: the wait was over, or no more will come. */
type Nothing = 'waited' | 'closed';

/**
 * Puts items that arrive in any order back into the order of their index. It holds as many as its
 * feeders let run ahead of `next`.
 */
export class InOrder<T> {
  readonly #held = new Map<number, T>();
  readonly #bell = new Bell();
  #next: number;
  #closed = false;

  constructor(first: number) {
    this.#next = first;
  }

  /** Index of the next item to be taken. */
  get next(): number {
    return this.#next;
  }

  get size(): number {
    return this.#held.size;
  }

  put(index: number, item: T): void {
    this.#held.set(index, item);
    if (index === this.#next) this.#bell.ring();
  }

  /** Nothing will be put any more: what has no gap before it is still given out. */
  close(): void {
    this.#closed = true;
    this.#bell.ring();
  }

  /** Waits for the next item in order, at most `ms`. Rejects with the signal's reason. */
  async take(signal: AbortSignal, ms: number): Promise<{ readonly item: T } | Nothing> {
    if (!this.#held.has(this.#next) && !this.#closed) await this.#bell.next(signal, ms);
    signal.throwIfAborted();
    const item = this.#held.get(this.#next);
    if (item === undefined) return this.#closed ? 'closed' : 'waited';
    this.#held.delete(this.#next);
    this.#next += 1;
    return { item };
  }
}
