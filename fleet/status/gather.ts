import { setTimeout as delay } from 'node:timers/promises';
import pLimit from 'p-limit';
import { fetchStatus } from './client.ts';
import type { WorkerStatus } from './status.ts';

/** A status and when it came, in monotonic milliseconds of this process. */
interface Sighting {
  readonly status: WorkerStatus;
  readonly atMs: number;
}

/** What is known of one worker from its status endpoint. */
export type Reach =
  | ({ readonly state: 'ok' } & Sighting)
  | {
      readonly state: 'unreachable';
      readonly error: string;
      /** What it said when it last answered. */
      readonly lastSeen?: Sighting;
    };

export interface GathererOptions {
  readonly token?: string | undefined;
  /** Requests at once; 256 by default. */
  readonly concurrency?: number | undefined;
  /** For each request; 1000 by default. */
  readonly timeoutMs?: number | undefined;
}

export interface GatherOptions {
  readonly signal?: AbortSignal | undefined;
  /** Settle after this many milliseconds with what is known; later answers count for the next time. */
  readonly patienceMs?: number | undefined;
}

/** Asks the workers of a fleet, time and again, and remembers what each said last. */
export class FleetGatherer {
  readonly #options: GathererOptions;
  readonly #answering: ReturnType<typeof pLimit>;
  /** Those that did not answer the last time, so that they keep nobody else waiting. */
  readonly #hanging: ReturnType<typeof pLimit>;
  readonly #asking = new Map<string, Promise<void>>();
  #reaches = new Map<string, Reach>();

  constructor(options: GathererOptions = {}) {
    const { concurrency = 256 } = options;
    this.#options = options;
    this.#answering = pLimit(concurrency);
    this.#hanging = pLimit(Math.ceil(concurrency / 4));
  }

  /**
   * Asks every worker by its base address. A worker that cannot be reached is said to be so; one
   * that has never been asked to the end is left out.
   *
   * @throws the signal's reason when aborted, and nothing else.
   */
  async gather(
    urls: readonly string[],
    { signal, patienceMs }: GatherOptions = {},
  ): Promise<ReadonlyMap<string, Reach>> {
    this.#forgetOthers(new Set(urls));
    const answers = Promise.all(urls.map((url) => this.#ask(url, signal)));
    await (patienceMs === undefined ? answers : withPatience(answers, patienceMs));
    signal?.throwIfAborted();
    return new Map(this.#reaches);
  }

  #forgetOthers(urls: ReadonlySet<string>): void {
    this.#reaches = new Map([...this.#reaches].filter(([url]) => urls.has(url)));
  }

  /** A worker that is still being asked is not asked again. */
  #ask(url: string, signal: AbortSignal | undefined): Promise<void> {
    const asking = this.#asking.get(url);
    if (asking !== undefined) return asking;
    const limit = this.#reaches.get(url)?.state === 'unreachable' ? this.#hanging : this.#answering;
    const asked = limit(() => this.#reach(url, signal)).finally(() => this.#asking.delete(url));
    this.#asking.set(url, asked);
    return asked;
  }

  async #reach(url: string, signal: AbortSignal | undefined): Promise<void> {
    const { token, timeoutMs } = this.#options;
    try {
      const status = await fetchStatus(url, { token, signal, timeoutMs });
      this.#reaches.set(url, { state: 'ok', status, atMs: performance.now() });
    } catch (error) {
      if (signal?.aborted) return;
      const lastSeen = sightingOf(this.#reaches.get(url));
      this.#reaches.set(url, {
        state: 'unreachable',
        error: error instanceof Error ? error.message : String(error),
        ...(lastSeen !== undefined && { lastSeen }),
      });
    }
  }
}

async function withPatience(answers: Promise<unknown>, milliseconds: number): Promise<void> {
  const answered = new AbortController();
  const patience = delay(milliseconds, undefined, { signal: answered.signal }).catch(
    () => undefined,
  );
  await Promise.race([answers, patience]);
  answered.abort();
}

function sightingOf(reach: Reach | undefined): Sighting | undefined {
  if (reach?.state !== 'ok') return reach?.lastSeen;
  return { status: reach.status, atMs: reach.atMs };
}
