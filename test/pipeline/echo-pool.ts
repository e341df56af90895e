import type { ReadingPool, ReadingSpec } from '../../fleet/inference/reading-pool.ts';
import type { ModelFile, PageInput, PageResult } from '../../fleet/page/page.ts';

type Answer = readonly PageResult[] | undefined;

/**
 * A pool whose reader gives back the bytes of a page as its text. `onPage` may delay, throw, or
 * answer with other results.
 */
export class EchoPool implements ReadingPool {
  readonly threads = 2;
  /** Indexes of the pages that were read, as they were begun. */
  readonly begun: number[] = [];
  readonly onPage: (page: PageInput, signal: AbortSignal) => Promise<Answer> | Answer;
  inFlight = 0;
  mostInFlight = 0;

  constructor(onPage: EchoPool['onPage'] = () => undefined) {
    this.onPage = onPage;
  }

  async read(_: ReadingSpec, page: PageInput, signal: AbortSignal): Promise<readonly PageResult[]> {
    signal.throwIfAborted();
    this.begun.push(page.index);
    this.inFlight += 1;
    this.mostInFlight = Math.max(this.mostInFlight, this.inFlight);
    try {
      return (await this.onPage(page, signal)) ?? [echo(page)];
    } finally {
      this.inFlight -= 1;
    }
  }

  async models(): Promise<readonly ModelFile[]> {
    return [{ role: 'echo', name: 'echo.onnx', uri: 'npm:echo', sha256: 'e'.repeat(64) }];
  }

  async close(): Promise<void> {}
}

export function echo(page: PageInput, frame = 0): PageResult {
  const text = Buffer.from(page.bytes).toString();
  const polygon = [
    [1, 2],
    [30.5, 2],
    [30.5, 9],
    [1, 9],
  ] as const;
  return {
    frame,
    width: 100,
    height: 40,
    rotation: 0,
    lines: [{ polygon, bbox: [1, 2, 30.5, 9], text, confidence: 0.75 }],
    extra: { script: 'Tibt', words: text.split(' ').length },
    timings: { decode: 1, infer: 2 },
  };
}

export function failed(message: string): PageResult {
  const error = { stage: 'decode', type: 'IMAGE_CORRUPT', message } as const;
  return { frame: 0, rotation: 0, lines: [], error, timings: {} };
}
