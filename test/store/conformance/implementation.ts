import type { Store } from '../../../fleet/store/store.ts';

/** A place of its own for one test. */
interface StoreUnderTest {
  readonly store: Store;
  /** What unfinished writes have left behind: temporary files, uploads in parts. */
  readonly leftovers: () => Promise<readonly string[]>;
}

export interface Implementation {
  readonly create: () => Promise<StoreUnderTest>;
  /** A store whose bucket or folder does not exist, and the name that errors must say. */
  readonly createMissing: () => { readonly store: Store; readonly name: string };
}
