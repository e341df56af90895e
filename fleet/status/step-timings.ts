import { RollingRate, type RollingRateOptions } from './rate.ts';

interface Step {
  readonly pages: RollingRate;
  readonly milliseconds: RollingRate;
}

/** Mean milliseconds a page by step over a sliding window: `WorkerStatus.timings`. */
export class StepTimings {
  readonly #options: RollingRateOptions;
  readonly #steps = new Map<string, Step>();

  constructor(options: RollingRateOptions = {}) {
    this.#options = options;
  }

  /** Milliseconds by step, of one page. */
  observe(timings: Readonly<Record<string, number>>): void {
    for (const [name, milliseconds] of Object.entries(timings)) {
      const step = this.#step(name);
      step.pages.add();
      step.milliseconds.add(milliseconds);
    }
  }

  /** Steps without a page in the window are left out. */
  means(): Record<string, number> {
    const means: Record<string, number> = {};
    for (const [name, { pages, milliseconds }] of this.#steps) {
      const seen = pages.sum();
      if (seen > 0) means[name] = milliseconds.sum() / seen;
    }
    return means;
  }

  #step(name: string): Step {
    const known = this.#steps.get(name);
    if (known !== undefined) return known;
    const step = {
      pages: new RollingRate(this.#options),
      milliseconds: new RollingRate(this.#options),
    };
    this.#steps.set(name, step);
    return step;
  }
}
