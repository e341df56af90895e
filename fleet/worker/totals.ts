import type { PageDone } from '../pipeline/volume-run.ts';
import { WorkerMetrics } from '../status/metrics.ts';
import { RollingRate } from '../status/rate.ts';
import type { WorkerStatus } from '../status/status.ts';
import { StepTimings } from '../status/step-timings.ts';

/** What a worker has done since it started. */
export class Totals {
  readonly metrics = new WorkerMetrics();
  readonly #onPage: () => void;
  readonly #steps = new StepTimings();
  readonly #rate = new RollingRate();
  readonly #sums = { pages: 0, pagesFailed: 0, tasksDone: 0, tasksFailed: 0, bytesRead: 0 };

  /** `onPage` is called with each page. */
  constructor(onPage: () => void) {
    this.#onPage = onPage;
  }

  countPage({ ok, bytes, timings }: PageDone): void {
    this.#sums.pages += 1;
    this.#sums.bytesRead += bytes;
    if (!ok) this.#sums.pagesFailed += 1;
    this.#rate.add();
    this.#steps.observe(timings);
    this.metrics.observe(timings);
    this.#onPage();
  }

  countTask(outcome: 'done' | 'failed'): void {
    if (outcome === 'done') this.#sums.tasksDone += 1;
    else this.#sums.tasksFailed += 1;
  }

  status(): Pick<WorkerStatus, 'totals' | 'pagesPerSecond' | 'timings'> {
    return {
      totals: { ...this.#sums },
      pagesPerSecond: this.#rate.perSecond(),
      timings: this.#steps.means(),
    };
  }
}
