import { FleetError } from '../errors/fleet-error.ts';
import type { RunProgress } from '../pipeline/volume-run.ts';
import type { ClaimedTask } from '../queue/protocol/claim.ts';
import { RollingRate } from '../status/rate.ts';
import type { TaskStatus } from '../status/status.ts';

/** Why a run was ended from outside. */
export type Ending = 'lost' | 'cancelled' | 'interrupted';

const nothingYet: RunProgress = {
  stage: 'reading',
  pagesDone: 0,
  pagesTotal: 0,
  pagesFailed: 0,
  pagesUncommitted: 0,
  queues: { fetched: 0, reading: 0, ordered: 0 },
};

/** A claimed task while this worker has it: where it stands, and the two ways to end it. */
export class RunningTask {
  readonly claimed: ClaimedTask;
  /** The id under which it was claimed; another registration makes another id. */
  readonly worker: number;
  readonly startedAt = new Date();
  stage: TaskStatus['stage'] = 'opening';
  #ending: Ending | undefined;
  #progress = nothingYet;
  readonly #abort = new AbortController();
  readonly #drain = new AbortController();
  readonly #pages = new RollingRate();

  constructor(claimed: ClaimedTask, worker: number) {
    this.claimed = claimed;
    this.worker = worker;
  }

  /** Fires when the run must end at once; nothing may be published after. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** Fires when pages in flight may be finished and no more. */
  get drained(): AbortSignal {
    return this.#drain.signal;
  }

  /** What ended it from outside; undefined while nothing has. */
  get ending(): Ending | undefined {
    return this.#ending;
  }

  get pagesPerSecond(): number {
    return this.#pages.perSecond();
  }

  /** The first ending stays. */
  end(ending: Ending, message: string): void {
    this.#ending ??= ending;
    this.#abort.abort(new FleetError(ending === 'lost' ? 'LEASE_LOST' : 'INTERRUPTED', message));
  }

  drain(): void {
    this.#drain.abort();
  }

  advance(progress: RunProgress): void {
    this.#progress = progress;
    this.stage = progress.stage;
  }

  countPage(): void {
    this.#pages.add();
  }

  /** Milliseconds until its pages are read at the present rate; Infinity when that is not known. */
  get remainingMs(): number {
    if (this.stage === 'opening') return Infinity;
    const pages = this.#progress.pagesTotal - this.#progress.pagesDone;
    return pages <= 0 ? 0 : (pages / this.pagesPerSecond) * 1_000;
  }

  status(): TaskStatus {
    const { stage: _, ...progress } = this.#progress;
    const { task, job, volume, attempt, fence } = this.claimed;
    return {
      task,
      job,
      volume,
      attempt,
      fence,
      stage: this.stage,
      ...progress,
      pagesPerSecond: this.pagesPerSecond,
      startedAt: this.startedAt.toISOString(),
    };
  }
}
