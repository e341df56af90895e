import type { PageDone, RunProgress, VolumeRun } from './volume-run.ts';

type Queues = RunProgress['queues'];

const noQueues: Queues = { fetched: 0, reading: 0, ordered: 0 };

/** Counts where a run stands and tells its observer. */
export class RunTracker {
  readonly #run: Pick<VolumeRun, 'onPage' | 'onProgress'>;
  readonly #pagesTotal: number;
  readonly #sums: Record<string, number> = {};
  #stage: RunProgress['stage'] = 'reading';
  #done = 0;
  #failed = 0;
  #uncommitted = 0;
  #read = 0;
  #queues: () => Queues = () => noQueues;

  constructor(run: Pick<VolumeRun, 'onPage' | 'onProgress' | 'volume'>) {
    this.#run = run;
    this.#pagesTotal = run.volume.pages.length;
  }

  get done(): number {
    return this.#done;
  }

  get failed(): number {
    return this.#failed;
  }

  /** Mean milliseconds a page by step, over the pages that this run read. */
  get timings(): Readonly<Record<string, number>> {
    return Object.fromEntries(
      Object.entries(this.#sums).map(([step, ms]) => [step, ms / this.#read]),
    );
  }

  /** Pages of a part that an earlier owner committed. */
  resumed(part: { readonly pages: number; readonly failed: number }): void {
    this.#done += part.pages;
    this.#failed += part.failed;
    this.changed();
  }

  pageDone(page: PageDone): void {
    this.#done += 1;
    this.#read += 1;
    this.#uncommitted += 1;
    if (!page.ok) this.#failed += 1;
    for (const [step, ms] of Object.entries(page.timings)) {
      this.#sums[step] = (this.#sums[step] ?? 0) + ms;
    }
    this.#run.onPage(page);
    this.changed();
  }

  partCommitted(): void {
    this.#uncommitted = 0;
    this.changed();
  }

  /** Where the lengths of the queues are to be asked while pages are read. */
  watch(queues: () => Queues): void {
    this.#queues = queues;
  }

  enter(stage: RunProgress['stage']): void {
    this.#stage = stage;
    this.#queues = () => noQueues;
    this.changed();
  }

  changed(): void {
    this.#run.onProgress({
      stage: this.#stage,
      pagesDone: this.#done,
      pagesTotal: this.#pagesTotal,
      pagesFailed: this.#failed,
      pagesUncommitted: this.#uncommitted,
      queues: this.#queues(),
    });
  }
}
