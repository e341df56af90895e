import { FleetError } from '../errors/fleet-error.ts';
import type { ReadingPool, ReadingSpec } from '../inference/reading-pool.ts';
import type { PageError, PageResult } from '../page/page.ts';
import type { Page } from '../volume/volume.ts';
import type { Fetched } from './fetch-page.ts';

/** Above what any real page takes; a page that hangs must not hold its volume for ever. */
const defaultPageMs = 600_000;

/** After so many pages one after the other that broke their thread, the fault is not the pages'. */
const maxBrokenInARow = 4;

export interface PageReaderOptions {
  readonly pool: ReadingPool;
  readonly spec: ReadingSpec;
  /** How long the reading of one page may take, milliseconds; ten minutes by default. */
  readonly pageMs?: number | undefined;
  /** For a second attempt: the bytes of the first may have moved to the thread that broke. */
  refetch(page: Page, signal: AbortSignal): Promise<Fetched>;
}

/**
 * Reads fetched pages on the pool. A page on which the reading thread breaks is read once more and
 * then fails alone; when every page breaks its thread, the machine or the model is at fault and the
 * error is thrown. So is an error that holds for all pages (a model that cannot be opened).
 */
export class PageReader {
  readonly #options: PageReaderOptions;
  #brokenInARow = 0;

  constructor(options: PageReaderOptions) {
    this.#options = options;
  }

  async read(fetched: Fetched, signal: AbortSignal): Promise<readonly PageResult[]> {
    const first = await this.#attempt(fetched, signal);
    if (Array.isArray(first)) return first;
    const second = await this.#attempt(await this.#options.refetch(fetched.page, signal), signal);
    if (Array.isArray(second)) return second;
    this.#brokenInARow += 1;
    if (this.#brokenInARow >= maxBrokenInARow) throw second;
    return [failedResult({ stage: 'infer', type: 'PAGE_FAILED', message: messageOf(second) })];
  }

  /** The results, or the error of a thread that broke. */
  async #attempt(fetched: Fetched, signal: AbortSignal): Promise<readonly PageResult[] | Error> {
    if ('error' in fetched) return [failedResult(fetched.error)];
    const { index, name } = fetched.page;
    const { pool, spec, pageMs = defaultPageMs } = this.#options;
    const overdue = AbortSignal.timeout(pageMs);
    try {
      const page = { index, name, bytes: fetched.bytes };
      const results = await pool.read(spec, page, AbortSignal.any([signal, overdue]));
      this.#brokenInARow = 0;
      return results.length > 0 ? results : [failedResult(nothingRead)];
    } catch (error) {
      signal.throwIfAborted();
      if (overdue.aborted) return tooSlow(name, pageMs);
      if (holdsForAllPages(error)) throw error;
      return error instanceof Error ? error : new Error(String(error));
    }
  }
}

const nothingRead: PageError = {
  stage: 'read',
  type: 'PAGE_FAILED',
  message: 'The kind gave no result for the page',
};

function failedResult(error: PageError): PageResult {
  return { frame: 0, rotation: 0, lines: [], error, timings: {} };
}

function tooSlow(name: string, pageMs: number): FleetError {
  return new FleetError('TIMED_OUT', `${name} was not read within ${pageMs / 1000} seconds`);
}

function holdsForAllPages(error: unknown): boolean {
  if (!FleetError.is(error)) return false;
  const ofTheRun = ['KIND_UNKNOWN', 'PARAMETER_INVALID', 'INTERRUPTED'];
  return error.code.startsWith('MODEL_') || ofTheRun.includes(error.code);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
