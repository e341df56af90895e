import type { Page } from '../volume/volume.ts';
import { Bell } from './bell.ts';
import type { Fetched } from './fetch-page.ts';

/** Fetches that run at the same time: enough to hide the latency of S3 behind the reading. */
const maxConcurrent = 8;

export interface FetchAheadOptions {
  readonly pages: readonly Page[];
  /** Bounds of what is held: pages that are being fetched or wait for a reader. */
  readonly maxPages: number;
  readonly maxBytes: number;
  /** What a page of unknown size may have (bytes). */
  readonly maxPageBytes: number;
  /** May this page be begun, or is it too far ahead of what was written? */
  mayBegin(page: Page): boolean;
  fetch(page: Page, signal: AbortSignal): Promise<Fetched>;
  /** When it fires nothing more is begun or given out. */
  readonly drain: AbortSignal;
}

/**
 * Fetches pages ahead of their readers. Begun in order, given out when they are there, the lowest
 * first: a page that is being retried holds up nobody but itself.
 */
export class FetchAhead {
  readonly #options: FetchAheadOptions;
  readonly #bell = new Bell();
  readonly #ready: Fetched[] = [];
  readonly #running = new Set<Promise<void>>();
  readonly #failure = new AbortController();
  #bytes = 0;
  #closed = false;

  constructor(options: FetchAheadOptions) {
    this.#options = options;
  }

  /** Pages that wait for a reader. */
  get ready(): number {
    return this.#ready.length;
  }

  /** To be called when `mayBegin` may have changed. */
  lookAgain(): void {
    this.#bell.ring();
  }

  /** Ends when the last page was fetched or the drain fired. Throws what `fetch` throws. */
  async run(parent: AbortSignal): Promise<void> {
    const { drain } = this.#options;
    const signal = AbortSignal.any([parent, drain, this.#failure.signal]);
    try {
      await this.#fetchAll(signal);
    } catch (error) {
      if (!drain.aborted) throw error;
    } finally {
      this.#closed = true;
      await Promise.all(this.#running);
      this.#bell.ring();
    }
    parent.throwIfAborted();
    this.#failure.signal.throwIfAborted();
  }

  /** The next page that has arrived; undefined when there will be none. */
  async next(signal: AbortSignal): Promise<Fetched | undefined> {
    for (;;) {
      signal.throwIfAborted();
      if (this.#options.drain.aborted) return undefined;
      const fetched = this.#ready.shift();
      if (fetched !== undefined) return this.#giveOut(fetched);
      if (this.#closed) return undefined;
      await this.#bell.next(signal);
    }
  }

  async #fetchAll(signal: AbortSignal): Promise<void> {
    for (const page of this.#options.pages) {
      while (!this.#hasRoomFor(page)) await this.#bell.next(signal);
      signal.throwIfAborted();
      this.#begin(page, signal);
    }
    await Promise.all(this.#running);
  }

  #begin(page: Page, signal: AbortSignal): void {
    this.#bytes += this.#reserved(page);
    const running = this.#fetch(page, signal).finally(() => {
      this.#running.delete(running);
      this.#bell.ring();
    });
    this.#running.add(running);
  }

  /** Never rejects: a failure stops the whole, through its signal. */
  async #fetch(page: Page, signal: AbortSignal): Promise<void> {
    try {
      const fetched = await this.#options.fetch(page, signal);
      this.#bytes += bytesOf(fetched) - this.#reserved(page);
      this.#admit(fetched);
    } catch (error) {
      if (!signal.aborted) this.#failure.abort(error);
    }
  }

  /** Lowest page first: the fewer gaps, the less is lost when the run ends early. */
  #admit(fetched: Fetched): void {
    const place = this.#ready.findIndex(({ page }) => page.index > fetched.page.index);
    this.#ready.splice(place === -1 ? this.#ready.length : place, 0, fetched);
  }

  #giveOut(fetched: Fetched): Fetched {
    this.#bytes -= bytesOf(fetched);
    this.#bell.ring();
    return fetched;
  }

  /** One page is always let in, however large, or nothing would ever move. */
  #hasRoomFor(page: Page): boolean {
    const held = this.#running.size + this.#ready.length;
    if (!this.#options.mayBegin(page) || this.#running.size >= maxConcurrent) return false;
    if (held === 0) return true;
    const bytes = this.#bytes + this.#reserved(page);
    return held < this.#options.maxPages && bytes <= this.#options.maxBytes;
  }

  /** Until a page of unknown size has arrived, at most four such share the bytes. */
  #reserved(page: Page): number {
    const { maxBytes, maxPageBytes } = this.#options;
    return page.size ?? Math.min(maxPageBytes, maxBytes / 4);
  }
}

function bytesOf(fetched: Fetched): number {
  return 'bytes' in fetched ? fetched.bytes.length : 0;
}
