import type { z } from 'zod';
import type { ModelReference } from '../inference/models/model-reference.ts';
import type { Column, ModelFile, PageInput, PageResult } from '../page/page.ts';

/** What a kind gets when it is opened in a reading thread. */
export interface OpenContext {
  readonly signal: AbortSignal;
  /** Threads that one model may use inside itself. 1 when every core has a reading thread. */
  readonly intraOpThreads: number;
  /** A folder for prepared and downloaded models; shared, content-addressed. */
  readonly cacheDir: string;
}

/** An opened kind: models loaded, ready to read pages one after the other. */
export interface Reader {
  readonly models: readonly ModelFile[];
  /**
   * Reads one file: one result per image in it, at least one. What is wrong with the page is a
   * result with an `error`; it throws only when the reader itself is broken or `signal` aborts.
   */
  read(page: PageInput, signal: AbortSignal): Promise<readonly PageResult[]>;
  close(): Promise<void>;
}

/**
 * The code that does a job. Describing it is cheap and happens everywhere; `open` loads the models
 * and happens once per reading thread and parameter set.
 */
export interface Kind<P extends z.ZodType = z.ZodType> {
  readonly name: string;
  readonly description: string;
  /** A strict object schema: an unknown or wrong parameter is refused when the job is created. */
  readonly parameters: P;
  readonly columns: readonly Column[];
  /** The model files that these parameters need, so that they can be prepared ahead of time. */
  models?(parameters: z.infer<P>): readonly ModelReference[];
  open(parameters: z.infer<P>, context: OpenContext): Promise<Reader>;
}
