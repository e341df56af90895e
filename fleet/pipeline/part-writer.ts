import type { PageRow } from '../artefact/page-row.ts';
import type { Part } from '../queue/protocol/part.ts';
import { writePart } from '../artefact/part-file.ts';
import type { Column } from '../page/page.ts';
import type { Store } from '../store/store.ts';

export interface PartWriterOptions {
  readonly store: Store;
  readonly columns: readonly Column[];
  readonly fence: string;
  /** Number of the first part, and index of its first page. */
  readonly number: number;
  readonly firstPage: number;
  readonly partPages: number;
  readonly partMs: number;
  commit(part: Part): Promise<void>;
}

/** Gathers the rows of pages in order and commits them as parts, by number or by time. */
export class PartWriter {
  readonly #options: PartWriterOptions;
  #number: number;
  #firstPage: number;
  #pages = 0;
  #rows: PageRow[] = [];
  #since = performance.now();

  constructor(options: PartWriterOptions) {
    this.#options = options;
    this.#number = options.number;
    this.#firstPage = options.firstPage;
  }

  /** Pages that are in no committed part yet. */
  get uncommitted(): number {
    return this.#pages;
  }

  /** Milliseconds until the part is due by time. */
  get dueInMs(): number {
    if (this.#pages === 0) return this.#options.partMs;
    return Math.max(0, this.#since + this.#options.partMs - performance.now());
  }

  get isDue(): boolean {
    return this.#pages > 0 && (this.#pages >= this.#options.partPages || this.dueInMs === 0);
  }

  /** The rows of the next page. */
  add(rows: readonly PageRow[]): void {
    if (this.#pages === 0) this.#since = performance.now();
    for (const row of rows) this.#rows.push(row);
    this.#pages += 1;
  }

  /** Writes and commits what was gathered; nothing when nothing was. */
  async flush(signal: AbortSignal): Promise<void> {
    if (this.#pages === 0) return;
    const { store, columns, fence } = this.#options;
    const [number, firstPage, pages, rows] = [
      this.#number,
      this.#firstPage,
      this.#pages,
      this.#rows,
    ];
    const part = await writePart(store, { number, fence, firstPage, pages, rows }, columns, signal);
    signal.throwIfAborted();
    await this.#options.commit(part);
    this.#number += 1;
    this.#firstPage += pages;
    this.#pages = 0;
    this.#rows = [];
  }
}
