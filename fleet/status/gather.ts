import pLimit from 'p-limit';
import { fetchStatus } from './client.ts';
import type { WorkerStatus } from './status.ts';

/** A status and when it came, in monotonic milliseconds of this process. */
export interface Sighting {
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

export interface GatherOptions {
  readonly token?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Requests at once; 256 by default. */
  readonly concurrency?: number | undefined;
  /** For each request; 1000 by default. */
  readonly timeoutMs?: number | undefined;
  /** What the last call gave: the source of `lastSeen`. */
  readonly previous?: ReadonlyMap<string, Reach>;
}

/**
 * Asks every worker. It never throws for a worker's sake and never waits longer than its share of
 * time-outs; workers that did not answer last time are asked last, so that those which hang do not
 * keep the others waiting.
 */
export async function gatherFleet(
  urls: readonly string[],
  options: GatherOptions = {},
): Promise<ReadonlyMap<string, Reach>> {
  const { concurrency = 256, previous = new Map<string, Reach>() } = options;
  const limit = pLimit(concurrency);
  const hung = (url: string) => Number(previous.get(url)?.state === 'unreachable');
  const inOrder = [...new Set(urls)].sort((a, b) => hung(a) - hung(b));
  const reaches = await Promise.all(
    inOrder.map((url) => limit(async () => [url, await reach(url, options)] as const)),
  );
  return new Map(reaches);
}

async function reach(
  url: string,
  { token, signal, timeoutMs, previous }: GatherOptions,
): Promise<Reach> {
  try {
    const status = await fetchStatus(url, { token, signal, timeoutMs });
    return { state: 'ok', status, atMs: performance.now() };
  } catch (error) {
    signal?.throwIfAborted();
    const lastSeen = sightingOf(previous?.get(url));
    return {
      state: 'unreachable',
      error: error instanceof Error ? error.message : String(error),
      ...(lastSeen !== undefined && { lastSeen }),
    };
  }
}

function sightingOf(reach: Reach | undefined): Sighting | undefined {
  if (reach?.state !== 'ok') return reach?.lastSeen;
  return { status: reach.status, atMs: reach.atMs };
}
