import { Worker } from 'node:worker_threads';
import { FleetError } from '../../errors/fleet-error.ts';
// Before any thread starts: threads get a copy of the environment, the native library reads it.
import '../telemetry-off.ts';
import type { FromThread, Results, Task, ThreadSettings, ToThread } from './messages.ts';
import { transferable } from './transferable.ts';
import { fromWire } from './wire-error.ts';

interface Pending {
  resolve(result: Results[Task['type']]): void;
  reject(error: Error): void;
}

type State =
  | { readonly state: 'idle' }
  | { readonly state: 'busy'; readonly pending: Pending }
  | { readonly state: 'ended'; readonly error: FleetError };

export interface ReadingThreadOptions {
  /** The program of the thread. */
  readonly entry: URL;
  readonly settings: ThreadSettings;
  /** Called once when the thread has ended, however that came. */
  readonly onEnd: () => void;
}

/** The main thread's end of one reading thread. It runs one task at a time. */
export class ReadingThread {
  readonly #worker: Worker;
  #state: State = { state: 'idle' };
  #settled: Promise<unknown> = Promise.resolve();

  constructor({ entry, settings, onEnd }: ReadingThreadOptions) {
    this.#worker = new Worker(entry, { workerData: settings, execArgv: [] });
    this.#worker.on('message', (answer: FromThread) => this.#settle(answer));
    let failure: unknown;
    this.#worker.once('error', (error) => {
      failure = error;
    });
    this.#worker.once('exit', (code) => {
      this.#end(code, failure);
      onEnd();
    });
    // A pool that nobody closed must not keep the process alive; a task in hand does.
    this.#worker.unref();
  }

  /** The page's bytes move to the thread where they can. Rejects with `INTERNAL` if it dies. */
  async run<T extends Task>(task: T): Promise<Results[T['type']]> {
    if (this.#state.state === 'ended') throw this.#state.error;
    if (this.#state.state === 'busy') throw new Error('a reading thread got a second task');
    const { promise, resolve, reject } = Promise.withResolvers<Results[Task['type']]>();
    this.#post(task);
    this.#state = { state: 'busy', pending: { resolve, reject } };
    this.#settled = promise.catch(() => undefined);
    this.#worker.ref();
    return (await promise) as Results[T['type']];
  }

  /** Waits for the task in hand, closes what the thread has opened, and ends it. */
  async close(): Promise<void> {
    await this.#settled;
    // A thread that is dead, or cannot close what it opened, is ended all the same.
    await this.run({ type: 'close' }).catch(() => undefined);
    await this.terminate();
  }

  /** Asks the thread to give up its task; what `run` promised still settles. */
  abort(): void {
    const message: ToThread = { type: 'abort' };
    this.#worker.postMessage(message, []);
  }

  /** Ends the thread whatever it does. */
  async terminate(): Promise<void> {
    await this.#worker.terminate();
  }

  #post(task: Task): void {
    const moved = task.type === 'read' ? transferable(task.page.bytes) : undefined;
    const sent =
      task.type === 'read' && moved ? { ...task, page: { ...task.page, bytes: moved } } : task;
    const message: ToThread = { type: 'task', task: sent };
    this.#worker.postMessage(message, moved ? [moved.buffer] : []);
  }

  #settle(answer: FromThread): void {
    if (this.#state.state !== 'busy') return;
    const { pending } = this.#state;
    this.#state = { state: 'idle' };
    this.#worker.unref();
    if (answer.ok) pending.resolve(answer.result);
    else pending.reject(fromWire(answer.error));
  }

  #end(code: number, failure: unknown): void {
    const before = this.#state;
    const why = failure === undefined ? `ended with code ${code}` : `failed: ${describe(failure)}`;
    const error = new FleetError('INTERNAL', `A reading thread ${why}.`, { cause: failure });
    this.#state = { state: 'ended', error };
    if (before.state === 'busy') before.pending.reject(error);
  }
}

const describe = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);
