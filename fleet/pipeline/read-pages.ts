import type { PageResult } from '../page/page.ts';
import type { Page } from '../volume/volume.ts';
import { FetchAhead } from './fetch-ahead.ts';
import { type Fetched, PageFetcher } from './fetch-page.ts';
import { InOrder } from './in-order.ts';
import { pageRows } from './page-rows.ts';
import type { PartWriter } from './part-writer.ts';
import { PageReader } from './read-page.ts';
import type { RunTracker } from './run-tracker.ts';
import { together } from './together.ts';
import type { VolumeRun } from './volume-run.ts';

const defaultBackoffMs: readonly number[] = [200, 1000, 4000];

export interface Reading {
  readonly run: VolumeRun;
  /** Consecutive pages of the volume. */
  readonly pages: readonly Page[];
  readonly writer: PartWriter;
  readonly tracker: RunTracker;
  /** Called after each part; throws to end the reading early. */
  afterPart(): void;
}

interface ReadPage {
  readonly page: Page;
  readonly bytes: number | undefined;
  readonly results: readonly PageResult[];
}

/**
 * Fetches ahead, reads on the pool and writes in order. Ends when every page is in a committed part
 * or, after the drain fired, when all that was begun is.
 */
export async function readPages(reading: Reading): Promise<void> {
  const { run, pages, tracker } = reading;
  const readers = run.pool.threads + 1;
  const fetcher = pageFetcher(run);
  const order = new InOrder<ReadPage>(pages[0]?.index ?? 0);
  const mostAhead = run.limits.fetchAheadPages + 2 * readers;
  const ahead = new FetchAhead({
    pages,
    maxPages: run.limits.fetchAheadPages,
    maxBytes: run.limits.fetchAheadBytes,
    maxPageBytes: run.limits.maxPageBytes,
    mayBegin: (page) => page.index < order.next + mostAhead,
    fetch: (page, signal) => fetcher.fetch(page, signal),
    drain: drainOf(run),
  });
  const flow = new PageFlow(reading, { ahead, order, fetcher });
  tracker.watch(() => flow.queues());
  await together(run.signal, (signal) => [
    ahead.run(signal),
    flow.readAll(readers, signal),
    flow.writeAll(signal),
  ]);
}

/** A run that nobody drains has a signal that never fires. */
function drainOf(run: VolumeRun): AbortSignal {
  return run.drain ?? new AbortController().signal;
}

function pageFetcher(run: VolumeRun): PageFetcher {
  const { maxPageBytes, fetchBackoffMs: backoffMs = defaultBackoffMs } = run.limits;
  return new PageFetcher(run.volume, { maxPageBytes, backoffMs });
}

/** The way of the pages between the queues. */
class PageFlow {
  readonly #reading: Reading;
  readonly #ahead: FetchAhead;
  readonly #order: InOrder<ReadPage>;
  readonly #reader: PageReader;
  #inReading = 0;

  constructor(
    reading: Reading,
    stages: {
      readonly ahead: FetchAhead;
      readonly order: InOrder<ReadPage>;
      readonly fetcher: PageFetcher;
    },
  ) {
    const { pool, spec } = reading.run;
    this.#reading = reading;
    this.#ahead = stages.ahead;
    this.#order = stages.order;
    this.#reader = new PageReader({
      pool,
      spec,
      pageMs: reading.run.limits.pageMs,
      refetch: (page, signal) => stages.fetcher.fetch(page, signal),
    });
  }

  queues() {
    return { fetched: this.#ahead.ready, reading: this.#inReading, ordered: this.#order.size };
  }

  async readAll(readers: number, parent: AbortSignal): Promise<void> {
    await together(parent, (signal) =>
      Array.from({ length: readers }, async () => await this.#readOn(signal)),
    );
    this.#order.close();
  }

  async #readOn(signal: AbortSignal): Promise<void> {
    for (;;) {
      const fetched = await this.#ahead.next(signal);
      if (fetched === undefined) return;
      this.#order.put(fetched.page.index, await this.#read(fetched, signal));
    }
  }

  async #read(fetched: Fetched, signal: AbortSignal): Promise<ReadPage> {
    const { page } = fetched;
    // Asked before: the bytes may move to the reading thread.
    const bytes = 'bytes' in fetched ? fetched.bytes.length : undefined;
    this.#inReading += 1;
    this.#reading.tracker.changed();
    try {
      return { page, bytes, results: await this.#reader.read(fetched, signal) };
    } finally {
      this.#inReading -= 1;
    }
  }

  async writeAll(signal: AbortSignal): Promise<void> {
    const { writer } = this.#reading;
    for (;;) {
      const taken = await this.#order.take(signal, writer.dueInMs);
      if (taken === 'closed') break;
      if (taken !== 'waited') this.#write(taken.item);
      if (writer.isDue) await this.#commit(signal);
    }
    await this.#commit(signal);
  }

  #write({ page, bytes, results }: ReadPage): void {
    const { run, writer, tracker } = this.#reading;
    const rows = pageRows({ page, bytes }, results, run.columns);
    const timings = sumOfTimings(results);
    writer.add(rows);
    this.#ahead.lookAgain();
    const ok = rows.every((row) => row.ok);
    tracker.pageDone({ index: page.index, ok, bytes: bytes ?? 0, timings });
  }

  async #commit(signal: AbortSignal): Promise<void> {
    const { writer, tracker } = this.#reading;
    await writer.flush(signal);
    tracker.partCommitted();
    this.#reading.afterPart();
  }
}

function sumOfTimings(results: readonly PageResult[]): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const [step, ms] of results.flatMap((result) => Object.entries(result.timings))) {
    sums[step] = (sums[step] ?? 0) + ms;
  }
  return sums;
}
