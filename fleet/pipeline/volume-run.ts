import type { Part } from '../queue/protocol/part.ts';
import type { Column } from '../page/page.ts';
import type { ReadingPool, ReadingSpec } from '../inference/reading-pool.ts';
import type { Store } from '../store/store.ts';
import type { Volume } from '../volume/volume.ts';

/** Who runs the volume, for provenance. */
export interface RunIdentity {
  readonly job: string;
  readonly task: number;
  readonly attempt: number;
  /** Decimal string; in the names of all data files. */
  readonly fence: string;
  readonly worker: string;
  readonly configHash: string;
  /** Version of this program. */
  readonly codeVersion: string;
}

/** Where a volume run stands; sent to the observer whenever it changes. */
export interface RunProgress {
  readonly stage: 'reading' | 'assembling' | 'publishing';
  readonly pagesDone: number;
  readonly pagesTotal: number;
  readonly pagesFailed: number;
  readonly pagesUncommitted: number;
  readonly queues: { readonly fetched: number; readonly reading: number; readonly ordered: number };
}

/** One page left the pipeline: feeds rates and mean timings. */
export interface PageDone {
  readonly index: number;
  readonly ok: boolean;
  readonly bytes: number;
  readonly timings: Readonly<Record<string, number>>;
}

/** The way of one volume, from its open manifest to its published artefact. It knows no queue. */
export interface VolumeRun {
  readonly identity: RunIdentity;
  readonly spec: ReadingSpec;
  /** The kind's own columns. */
  readonly columns: readonly Column[];
  readonly volume: Volume;
  /** The artefact's own folder: `{output}/{job}/{volume}/{version}/`. */
  readonly output: Store;
  /** Parts that an earlier owner committed, in order; reading starts after the last. */
  readonly committed: readonly Part[];
  readonly pool: ReadingPool;
  readonly limits: RunLimits;
  /** 0…1: the volume fails with `TOO_MANY_PAGES_FAILED` above this. */
  readonly maxPageFailureRate: number;
  /** Makes a part permanent; throws `LEASE_LOST` when the lease is not ours any more. */
  commitPart(part: Part): Promise<void>;
  /** Called right before the marker is written; throws `LEASE_LOST`. */
  confirmLease(): Promise<void>;
  onProgress(progress: RunProgress): void;
  onPage(page: PageDone): void;
  readonly signal: AbortSignal;
  /**
   * When it fires, no further page is begun; pages in flight are finished, what is done is
   * committed as a part, and the run throws `INTERRUPTED`. A run that has read its last page
   * publishes instead.
   */
  readonly drain?: AbortSignal | undefined;
}

export interface RunLimits {
  /** Pages held as bytes ahead of the readers, and their sum in bytes. */
  readonly fetchAheadPages: number;
  readonly fetchAheadBytes: number;
  /** A part is committed after this many pages or milliseconds, whichever is first. */
  readonly partPages: number;
  readonly partMs: number;
  /** Refuse page files larger than this (bytes). */
  readonly maxPageBytes: number;
  /** How long the reading of one page may take, milliseconds. Default: ten minutes. */
  readonly pageMs?: number | undefined;
  /** Milliseconds to wait before each further attempt to fetch a page. Default: 0.2, 1, 4 s. */
  readonly fetchBackoffMs?: readonly number[] | undefined;
}

/** How a volume run ended well. */
export interface VolumeOutcome {
  readonly pages: number;
  readonly failed: number;
  /** Lines read. */
  readonly lines: number;
  /** URI of `success.json`. */
  readonly marker: string;
  /** Bytes of the artefact's data files. */
  readonly bytes: number;
  /** True when an earlier owner had published and its marker was adopted. */
  readonly adopted: boolean;
  /** Mean milliseconds a page by step. */
  readonly timings: Readonly<Record<string, number>>;
}
