import { setTimeout as wait } from 'node:timers/promises';
import { FleetError } from '../errors/fleet-error.ts';
import type { PageError } from '../page/page.ts';
import type { Page, Volume } from '../volume/volume.ts';

/** A page with its bytes, or with what kept it from being fetched. */
export type Fetched =
  | { readonly page: Page; readonly bytes: Buffer }
  | { readonly page: Page; readonly error: PageError };

export interface FetchLimits {
  readonly maxPageBytes: number;
  /** Milliseconds before the second, third, … attempt. */
  readonly backoffMs: readonly number[];
}

/**
 * Fetches the pages of one volume. The rule for what goes wrong:
 *
 * - What is wrong with one page (missing, refused, too large, damaged again and again) becomes that
 *   page's error: a poison page never blocks a volume.
 * - What is wrong with the store is never written as a page's error. After its attempts a page that
 *   the store does not give is charged to the page only if the store gives another page right then;
 *   otherwise the error is thrown, retryable, and the volume is taken up again later.
 * - A page that is not what the listing said ends the run with `VOLUME_CHANGED`.
 */
export class PageFetcher {
  readonly #volume: Volume;
  readonly #limits: FetchLimits;
  /** Key of a page that the store gave. */
  #fetchedKey: string | undefined;

  constructor(volume: Volume, limits: FetchLimits) {
    this.#volume = volume;
    this.#limits = limits;
  }

  async fetch(page: Page, signal: AbortSignal): Promise<Fetched> {
    const { maxPageBytes, backoffMs } = this.#limits;
    if (page.size !== undefined && page.size > maxPageBytes) return tooLarge(page, maxPageBytes);
    for (const ms of backoffMs) {
      const outcome = await this.#attempt(page, signal);
      if (!FleetError.is(outcome)) return outcome;
      if (!outcome.retryable) return await this.#refused(page, outcome, signal);
      await wait(ms * (0.5 + Math.random() / 2), undefined, { signal });
    }
    return await this.#lastAttempt(page, signal);
  }

  async #lastAttempt(page: Page, signal: AbortSignal): Promise<Fetched> {
    const outcome = await this.#attempt(page, signal);
    if (!FleetError.is(outcome)) return outcome;
    return await this.#refused(page, outcome, signal);
  }

  /** A page, or the store's error. Throws what is no matter of the store. */
  async #attempt(page: Page, signal: AbortSignal): Promise<Fetched | FleetError> {
    const { store } = this.#volume;
    try {
      const bytes = await store.read(page.key, { signal, maxBytes: this.#limits.maxPageBytes });
      if (page.size !== undefined && bytes.length !== page.size) {
        throw this.#changed(page, `had ${page.size} bytes and has ${bytes.length}`);
      }
      if (bytes.length > 0) this.#fetchedKey = page.key;
      return { page, bytes };
    } catch (error) {
      signal.throwIfAborted();
      if (!FleetError.is(error) || error.code === 'VOLUME_CHANGED') throw error;
      return error;
    }
  }

  async #refused(page: Page, error: FleetError, signal: AbortSignal): Promise<Fetched> {
    if (error.code === 'STORE_NOT_FOUND' && page.etag !== undefined) {
      throw this.#changed(page, 'was listed and is gone', error);
    }
    const charged = chargedToPage(error) || (await this.#storeAnswers(page, signal));
    if (!charged)
      throw new FleetError(error.code, error.message, { cause: error, retryable: true });
    const type = error.retryable ? 'PAGE_FETCH' : error.code;
    return { page, error: { stage: 'fetch', type, message: error.message } };
  }

  /** Does the store give a byte of another page: one that it gave before, or any of a few? */
  async #storeAnswers(refused: Page, signal: AbortSignal): Promise<boolean> {
    const keys = this.#fetchedKey === undefined ? this.#others(refused) : [this.#fetchedKey];
    const answers = await Promise.all(keys.map(async (key) => await this.#answers(key, signal)));
    return answers.includes(true);
  }

  async #answers(key: string, signal: AbortSignal): Promise<boolean> {
    try {
      await this.#volume.store.read(key, { signal, range: { start: 0, end: 0 } });
      return true;
    } catch (error) {
      signal.throwIfAborted();
      if (FleetError.is(error)) return false;
      throw error;
    }
  }

  /** The first, middle and last page of the volume, without the one that was refused. */
  #others(refused: Page): string[] {
    const { pages } = this.#volume;
    const places = [0, pages.length >> 1, pages.length - 1];
    const keys = new Set(places.flatMap((place) => pages[place]?.key ?? []));
    keys.delete(refused.key);
    return [...keys];
  }

  #changed(page: Page, how: string, cause?: unknown): FleetError {
    return new FleetError('VOLUME_CHANGED', `${this.#volume.uri}${page.key} ${how}`, { cause });
  }
}

/** Errors that say something of one object and nothing of the store. */
function chargedToPage(error: FleetError): boolean {
  return ['STORE_NOT_FOUND', 'STORE_KEY_INVALID', 'STORE_DAMAGED'].includes(error.code);
}

function tooLarge(page: Page, limit: number): Fetched {
  const message = `${page.name} has ${page.size} bytes; the limit is ${limit}`;
  return { page, error: { stage: 'fetch', type: 'IMAGE_TOO_LARGE', message } };
}
