import { availableParallelism } from 'node:os';
import path from 'node:path';
import type { ReadingPool } from './reading-pool.ts';
import { ThreadPool } from './threads/thread-pool.ts';

export interface ReadingPoolOptions {
  /** Default: one for each core that this process may use. */
  readonly threads?: number | undefined;
  /** For prepared models. */
  readonly cacheDir: string;
  /** Modules with kinds of the user's own: paths or package names. */
  readonly kindModules?: readonly string[] | undefined;
  /** Milliseconds that a thread has to give up an aborted page before it is ended. Default 10 s. */
  readonly abortGraceMs?: number | undefined;
}

/** The program of the threads belongs to the kinds, of which this folder knows the types only. */
const entry = new URL(
  `../kinds/reading-thread${path.extname(import.meta.filename)}`,
  import.meta.url,
);

/** Starts the threads; each opens a kind when the first page for it arrives, and keeps it. */
export function createReadingPool(options: ReadingPoolOptions): ReadingPool {
  const {
    threads = availableParallelism(),
    cacheDir,
    kindModules = [],
    abortGraceMs = 10_000,
  } = options;
  const settings = { cacheDir, kindModules, intraOpThreads: 1 };
  return new ThreadPool({ threads, entry, settings, abortGraceMs });
}
