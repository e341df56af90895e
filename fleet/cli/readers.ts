import { createReadingPool } from '../inference/create-reading-pool.ts';
import { loadKinds } from '../kinds/registry.ts';
import type { Readers } from '../worker/run-worker.ts';

export interface ReadersOptions {
  readonly threads: number;
  readonly cacheDir: string;
  /** Modules with kinds of one's own. */
  readonly kinds: readonly string[];
}

/** The kinds that this process knows, and the threads that read with them. */
export async function openReaders({ threads, cacheDir, kinds }: ReadersOptions): Promise<Readers> {
  return {
    kinds: await loadKinds(kinds),
    pool: createReadingPool({ threads, cacheDir, kindModules: kinds }),
  };
}
