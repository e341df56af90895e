import type { ModelFile, PageInput, PageResult } from '../page/page.ts';

/** A kind with its parameters: what a reading thread opens once and keeps. */
export interface ReadingSpec {
  readonly kind: string;
  /** Validated against the kind's schema; plain JSON. */
  readonly parameters: unknown;
}

/** The threads of this process that decode and infer. Shared by all the tasks of a worker. */
export interface ReadingPool {
  readonly threads: number;
  /**
   * Reads one page on the next free thread. Resolves with at least one result; page trouble is in
   * the results. Rejects with the signal's reason when aborted (work in flight is dropped), with
   * `MODEL_*` when the kind cannot be opened, with `INTERNAL` when its thread died.
   */
  read(spec: ReadingSpec, page: PageInput, signal: AbortSignal): Promise<readonly PageResult[]>;
  /** Opens the kind if it is not open yet and tells its models, for provenance. */
  models(spec: ReadingSpec, signal: AbortSignal): Promise<readonly ModelFile[]>;
  close(): Promise<void>;
}
