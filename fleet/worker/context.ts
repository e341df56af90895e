import type { Logger } from 'pino';
import type { ReadingPool } from '../inference/reading-pool.ts';
import type { Kind } from '../kinds/kind.ts';
import type { Database } from '../queue/database.ts';
import type { StoreOpener } from '../store/open.ts';
import type { WorkerOptions } from './options.ts';
import type { Totals } from './totals.ts';

/** What the parts of one worker share. */
export interface WorkerContext {
  readonly options: WorkerOptions;
  readonly database: Database;
  /** By name. */
  readonly kinds: ReadonlyMap<string, Kind>;
  readonly pool: ReadingPool;
  readonly stores: StoreOpener;
  readonly totals: Totals;
  readonly log: Logger;
  readonly codeVersion: string;
  /** Fires when even handing back must end: the process is about to go. */
  readonly deadline: AbortSignal;
}
