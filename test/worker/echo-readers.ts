import type { Readers } from '../../fleet/worker/run-worker.ts';
import echo from '../fixtures/kinds/echo.mjs';
export async function echoReaders(): Promise<Readers> {
  return {
    kinds: new Map([['echo', echo as never]]),
    pool: {
      threads: 2,
      async read(spec, page, signal) {
        const reader = await (echo as any).open(spec.parameters);
        return reader.read(page, signal);
      },
      async models() {
        return [];
      },
      async close() {},
    },
  };
}
