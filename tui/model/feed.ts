import { setTimeout as delay } from 'node:timers/promises';
import type { FleetCollector } from './collect.ts';
import type { FleetSnapshot } from './snapshot.ts';

/** As many as the widest terminal can draw. */
const historyLength = 1000;

/** What the live view shows. */
export type Feed =
  | { readonly state: 'loading'; readonly error?: string }
  | {
      readonly state: 'shown';
      readonly snapshot: FleetSnapshot;
      /** Live pages per second, one a refresh, the newest last. */
      readonly history: readonly number[];
    };

/** Refreshes until it is stopped, and tells its subscribers; pausing keeps what is shown. */
export class FleetFeed {
  readonly #collector: Pick<FleetCollector, 'collect'>;
  readonly #intervalMs: number;
  readonly #subscribers = new Set<() => void>();
  #feed: Feed = { state: 'loading' };
  #resumed = Promise.withResolvers<void>();
  #paused = false;

  constructor(collector: Pick<FleetCollector, 'collect'>, intervalMs: number) {
    this.#collector = collector;
    this.#intervalMs = intervalMs;
  }

  readonly current = (): Feed => this.#feed;

  readonly subscribe = (subscriber: () => void): (() => void) => {
    this.#subscribers.add(subscriber);
    return () => this.#subscribers.delete(subscriber);
  };

  setPaused(paused: boolean): void {
    if (this.#paused && !paused) {
      this.#resumed.resolve();
      this.#resumed = Promise.withResolvers<void>();
    }
    this.#paused = paused;
  }

  /** Ends when the signal says so. */
  async run(signal: AbortSignal): Promise<void> {
    const aborted = Promise.withResolvers<void>();
    signal.addEventListener('abort', () => aborted.resolve(), { once: true });
    while (!signal.aborted) {
      const startedAt = performance.now();
      await this.#refresh(signal);
      const left = this.#intervalMs - (performance.now() - startedAt);
      await delay(Math.max(0, left), undefined, { signal }).catch(() => undefined);
      if (this.#paused) await Promise.race([this.#resumed.promise, aborted.promise]);
    }
  }

  async #refresh(signal: AbortSignal): Promise<void> {
    try {
      const snapshot = await this.#collector.collect(signal);
      if (!this.#paused) this.#show({ state: 'shown', snapshot, history: this.#extend(snapshot) });
    } catch (error) {
      if (signal.aborted) return;
      this.#show({
        state: 'loading',
        error: error instanceof Error ? error.message : String(error),
      });
    }
  }

  #extend({ pagesPerSecond }: FleetSnapshot): readonly number[] {
    const history = this.#feed.state === 'shown' ? this.#feed.history : [];
    return [...history, pagesPerSecond.live].slice(-historyLength);
  }

  #show(feed: Feed): void {
    this.#feed = feed;
    for (const notify of this.#subscribers) notify();
  }
}
