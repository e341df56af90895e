import type { ModelFile, PageInput, PageResult } from '../../page/page.ts';
import type { ReadingSpec } from '../reading-pool.ts';
import type { WireError } from './wire-error.ts';

/** What a reading thread is started with. */
export interface ThreadSettings {
  readonly cacheDir: string;
  /** Modules with kinds of the user's own. */
  readonly kindModules: readonly string[];
  readonly intraOpThreads: number;
}

interface ReadTask {
  readonly type: 'read';
  readonly spec: ReadingSpec;
  readonly page: PageInput;
}

interface ModelsTask {
  readonly type: 'models';
  readonly spec: ReadingSpec;
}

/** Closes everything that the thread has opened. */
interface CloseTask {
  readonly type: 'close';
}

export type Task = ReadTask | ModelsTask | CloseTask;

/** What a task gives back. */
export interface Results {
  readonly read: readonly PageResult[];
  readonly models: readonly ModelFile[];
  readonly close: undefined;
}

export type ToThread =
  | { readonly type: 'task'; readonly task: Task }
  /** Give up the task in hand. */
  | { readonly type: 'abort' };

/** The answer to the task in hand: a thread has one at a time. */
export type FromThread =
  | { readonly ok: true; readonly result: Results[Task['type']] }
  | { readonly ok: false; readonly error: WireError };
