import type { ClaimedTask } from '../queue/protocol/claim.ts';
import type { Held } from '../queue/protocol/held.ts';
import type { WorkerContext } from './context.ts';
import type { Heart } from './heartbeat/heart.ts';
import { runTask } from './run-task.ts';
import { type Ending, RunningTask } from './running-task.ts';
import { settle } from './settle.ts';
import { endOf, type TaskEnd } from './task-end.ts';

export interface TaskTableOptions {
  readonly context: WorkerContext;
  readonly heart: Pick<Heart, 'hold' | 'drop'>;
  /** After a task came. */
  readonly onTaken: () => void;
  /** After one went. */
  readonly onSettled: () => void;
  /** How a task ended could not be told for good: the database may still think that it runs. */
  readonly onUntold: () => void;
}

/** The tasks that this worker has, each from its claim until the database knows how it ended. */
export class TaskTable {
  readonly #options: TaskTableOptions;
  readonly #tasks = new Map<RunningTask, Promise<void>>();

  constructor(options: TaskTableOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#tasks.size;
  }

  get list(): readonly RunningTask[] {
    return [...this.#tasks.keys()];
  }

  /** Resolves when none is left. */
  async settled(): Promise<void> {
    while (this.#tasks.size > 0) await Promise.all(this.#tasks.values());
  }

  /** Runs a task that `worker` has claimed. */
  start(claimed: ClaimedTask, worker: number): void {
    const task = new RunningTask(claimed, worker);
    this.#options.heart.hold(claimed);
    this.#keep(task, () => this.#run(task));
  }

  /** Hands a task back that was claimed while the worker began to leave. */
  handBack(claimed: ClaimedTask, worker: number, reason: string): void {
    this.#keep(new RunningTask(claimed, worker), async () => ({ end: 'interrupted', reason }));
  }

  /** Ends the runs of those that are held under just these fences. */
  end(held: readonly Held[], ending: Ending, message: string): void {
    const fences = new Set(held.map(({ fence }) => fence));
    for (const task of this.list) {
      if (fences.has(task.claimed.fence)) task.end(ending, message);
    }
  }

  #keep(task: RunningTask, work: () => Promise<TaskEnd>): void {
    this.#tasks.set(task, this.#carryOut(task, work));
    this.#options.onTaken();
  }

  async #carryOut(task: RunningTask, work: () => Promise<TaskEnd>): Promise<void> {
    const { context, heart, onSettled, onUntold } = this.#options;
    const { task: id, job, volume, attempt } = task.claimed;
    const log = context.log.child({ task: id, job, volume, attempt });
    try {
      await settle(context, task, await work(), log);
    } catch (error) {
      log.error({ err: error }, 'how the task ended could not be told');
      onUntold();
    }
    heart.drop(task.claimed);
    this.#tasks.delete(task);
    onSettled();
  }

  async #run(task: RunningTask): Promise<TaskEnd> {
    const { context } = this.#options;
    const { task: id, job, volume, attempt, fence, parts } = task.claimed;
    context.log.info(
      { task: id, job, volume, attempt, fence, parts: parts.length },
      'claimed a task',
    );
    try {
      return { end: 'done', figures: await runTask(context, task) };
    } catch (error) {
      return endOf(task, error);
    }
  }
}
