import { FleetError } from '../../errors/fleet-error.ts';
import type { ModelFile, PageInput, PageResult } from '../../page/page.ts';
import type { ReadingPool, ReadingSpec } from '../reading-pool.ts';
import type { Results, Task, ThreadSettings } from './messages.ts';
import { ReadingThread } from './reading-thread.ts';

export interface ThreadPoolOptions {
  readonly threads: number;
  readonly entry: URL;
  readonly settings: ThreadSettings;
  /** Milliseconds that a thread has to give up an aborted task before it is ended by force. */
  readonly abortGraceMs: number;
}

/** A task that waits for a thread. */
interface Waiting {
  readonly resolve: (thread: ReadingThread) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Reading threads that are all alike: a task goes to whichever is free, first come first served.
 * A thread is started when a task finds none free, also in the place of one that died: a thread
 * that cannot live costs one task each time, never a circle of restarts.
 */
export class ThreadPool implements ReadingPool {
  readonly threads: number;
  readonly #options: ThreadPoolOptions;
  readonly #all = new Set<ReadingThread>();
  readonly #idle: ReadingThread[] = [];
  readonly #waiting: Waiting[] = [];
  #closed = false;

  constructor(options: ThreadPoolOptions) {
    this.threads = options.threads;
    this.#options = options;
  }

  read(spec: ReadingSpec, page: PageInput, signal: AbortSignal): Promise<readonly PageResult[]> {
    return this.#run({ type: 'read', spec, page }, signal);
  }

  models(spec: ReadingSpec, signal: AbortSignal): Promise<readonly ModelFile[]> {
    return this.#run({ type: 'models', spec }, signal);
  }

  /** Refuses what waits, lets the tasks in hand finish, closes what the threads have opened. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const { reject } of this.#waiting.splice(0)) reject(closed());
    await Promise.all([...this.#all].map((thread) => thread.close()));
  }

  async #run<T extends Task>(task: T, signal: AbortSignal): Promise<Results[T['type']]> {
    if (this.#closed) throw closed();
    const thread = await this.#free(signal);
    if (this.#closed) throw closed();
    if (signal.aborted) this.#offer(thread);
    signal.throwIfAborted();
    const outcome = thread.run(task);
    void this.#reclaim(thread, outcome);
    return await this.#untilAborted(thread, outcome, signal);
  }

  /** The next thread with nothing to do. */
  async #free(signal: AbortSignal): Promise<ReadingThread> {
    signal.throwIfAborted();
    const idle = this.#idle.pop();
    if (idle) return idle;
    if (this.#all.size < this.threads) return this.#start();
    const { promise, resolve, reject } = Promise.withResolvers<ReadingThread>();
    const waiting: Waiting = { resolve, reject };
    const leave = () => {
      const place = this.#waiting.indexOf(waiting);
      if (place >= 0) this.#waiting.splice(place, 1);
      reject(signal.reason);
    };
    this.#waiting.push(waiting);
    signal.addEventListener('abort', leave, { once: true });
    return await promise.finally(() => signal.removeEventListener('abort', leave));
  }

  /** Rejects at once when the signal aborts; the thread is free when it has given up. */
  async #untilAborted<T>(
    thread: ReadingThread,
    outcome: Promise<T>,
    signal: AbortSignal,
  ): Promise<T> {
    const { promise: aborted, reject } = Promise.withResolvers<never>();
    const abort = () => {
      thread.abort();
      const overdue = setTimeout(() => void thread.terminate(), this.#options.abortGraceMs);
      void outcome.catch(() => undefined).finally(() => clearTimeout(overdue));
      reject(signal.reason);
    };
    signal.addEventListener('abort', abort, { once: true });
    try {
      return await Promise.race([outcome, aborted]);
    } finally {
      signal.removeEventListener('abort', abort);
    }
  }

  async #reclaim(thread: ReadingThread, outcome: Promise<unknown>): Promise<void> {
    await outcome.catch(() => undefined);
    if (this.#all.has(thread)) this.#offer(thread);
  }

  #offer(thread: ReadingThread): void {
    const next = this.#waiting.shift();
    if (next) next.resolve(thread);
    else this.#idle.push(thread);
  }

  #start(): ReadingThread {
    const { entry, settings } = this.#options;
    const thread = new ReadingThread({ entry, settings, onEnd: () => this.#remove(thread) });
    this.#all.add(thread);
    return thread;
  }

  #remove(ended: ReadingThread): void {
    this.#all.delete(ended);
    const index = this.#idle.indexOf(ended);
    if (index >= 0) this.#idle.splice(index, 1);
    if (this.#waiting.length > 0) this.#offer(this.#start());
  }
}

const closed = (): FleetError => new FleetError('INTERRUPTED', 'The reading threads were closed.');
