import { type Options, SingleBar } from 'cli-progress';

/** How far long work has come. */
export interface Progress {
  /** `total` may grow while the work is being found. */
  update(done: number, total: number): void;
  stop(): void;
}

const silent: Progress = { update: () => undefined, stop: () => undefined };

/** A bar on standard error when a person is looking at it, else nothing. */
export function startProgress(label: string, unit: string): Progress {
  if (!process.stderr.isTTY) return silent;
  const bar = new SingleBar({
    ...appearance,
    format: `${label} [{bar}] {value}/{total} ${unit}`,
  });
  bar.start(0, 0);
  return {
    update(done, total) {
      bar.setTotal(total);
      bar.update(done);
    },
    stop: () => bar.stop(),
  };
}

const appearance: Options = {
  stream: process.stderr,
  hideCursor: true,
  clearOnComplete: true,
  barCompleteChar: '━',
  barIncompleteChar: ' ',
  barsize: 30,
  fps: 8,
};
