import { Readable } from 'node:stream';
import { FleetError } from '../errors/fleet-error.ts';
import type { Column } from '../page/page.ts';
import type { Store } from '../store/store.ts';
import { PassingDigest } from './digest.ts';
import { errorLine, writeErrors } from './errors-file.ts';
import { pagesKey } from './file-names.ts';
import type { ArtefactFile } from './marker.ts';
import type { PageRow } from './page-row.ts';
import { parquetChunks } from './parquet-file.ts';
import type { Part } from '../queue/protocol/part.ts';
import { readPart } from './part-file.ts';
import type { Counts } from './provenance.ts';

export interface Assembly {
  readonly store: Store;
  /** In order, covering every page. */
  readonly parts: readonly Part[];
  /** Pages that are expected. */
  readonly pages: number;
  readonly columns: readonly Column[];
  readonly fence: string;
  footer(counts: Counts): Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

export interface Assembled {
  readonly files: readonly ArtefactFile[];
  readonly counts: Counts;
}

/**
 * Streams the parts into the artefact's one Parquet file, a part in memory at a time, and writes
 * the errors file. Throws `STORE_DAMAGED` for a part that is not there as it was committed, and
 * `INTERNAL` when the parts do not hold every expected page in order.
 */
export async function assemble(assembly: Assembly): Promise<Assembled> {
  const { store, fence, columns, signal } = assembly;
  const tally = new Tally(assembly.pages);
  const digest = new PassingDigest();
  const chunks = parquetChunks(tally.of(partRows(assembly)), columns, () =>
    assembly.footer(tally.counts()),
  );
  const name = pagesKey(fence);
  await store.write(name, Readable.from(digest.of(chunks), { objectMode: false }), {
    signal,
    contentType: 'application/vnd.apache.parquet',
  });
  const counts = tally.counts();
  const pages = { name, role: 'pages', bytes: digest.bytes, sha256: digest.sha256() } as const;
  const errors = await writeErrors(store, fence, tally.errors, signal);
  const files = [{ ...pages, rows: counts.rows }, ...(errors === undefined ? [] : [errors])];
  return { files, counts };
}

/** Writes the errors file alone, for a volume that is not published. */
export async function writeErrorsOfParts(
  assembly: Omit<Assembly, 'pages' | 'footer'>,
): Promise<ArtefactFile | undefined> {
  const lines: string[] = [];
  for await (const row of partRows(assembly)) if (!row.ok) lines.push(errorLine(row));
  return await writeErrors(assembly.store, assembly.fence, lines, assembly.signal);
}

async function* partRows(
  assembly: Pick<Assembly, 'store' | 'parts' | 'columns' | 'signal'>,
): AsyncGenerator<PageRow> {
  for (const part of assembly.parts) {
    yield* await readPart(assembly.store, part, assembly.columns, assembly.signal);
  }
}

/** Counts rows that pass by and holds that they are the expected ones. */
class Tally {
  readonly errors: string[] = [];
  readonly #expected: number;
  #page = -1;
  #frame = -1;
  #failedPage = -1;
  #failed = 0;
  #rows = 0;
  #lines = 0;

  constructor(expected: number) {
    this.#expected = expected;
  }

  async *of(rows: AsyncIterable<PageRow>): AsyncGenerator<PageRow> {
    for await (const row of rows) {
      this.#follow(row);
      this.#count(row);
      yield row;
    }
    if (this.#page !== this.#expected - 1) throw this.#gap(`the last row is of page ${this.#page}`);
  }

  counts(): Counts {
    return { pages: this.#page + 1, failed: this.#failed, rows: this.#rows, lines: this.#lines };
  }

  #follow({ page, frame }: PageRow): void {
    const next = frame === 0 && page === this.#page + 1;
    const furtherImage = page === this.#page && frame === this.#frame + 1;
    if (!next && !furtherImage) throw this.#gap(`page ${page} comes after page ${this.#page}`);
    this.#page = page;
    this.#frame = frame;
  }

  #count(row: PageRow): void {
    this.#rows += 1;
    this.#lines += row.lines.length;
    if (row.ok) return;
    this.errors.push(errorLine(row));
    if (this.#failedPage !== row.page) this.#failed += 1;
    this.#failedPage = row.page;
  }

  #gap(found: string): FleetError {
    return new FleetError(
      'INTERNAL',
      `The parts do not hold ${this.#expected} pages in order: ${found}`,
    );
  }
}
