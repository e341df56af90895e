import type { Readable } from 'node:stream';
import { FleetError } from '../../errors/fleet-error.ts';

/**
 * The chunks of `source`, which is destroyed with `STORE_UNAVAILABLE` when one lets its reader wait
 * longer than `limit` milliseconds. While the reader is busy with the last chunk nothing is counted.
 */
export async function* watchIdle(
  source: Readable,
  limit: number,
  name: string,
): AsyncGenerator<Buffer> {
  const chunks: AsyncIterator<Buffer> = source[Symbol.asyncIterator]();
  for (;;) {
    const timer = setTimeout(() => source.destroy(stalled(name, limit)), limit);
    try {
      const next = await chunks.next();
      if (next.done) return;
      clearTimeout(timer);
      yield next.value;
    } finally {
      clearTimeout(timer);
    }
  }
}

function stalled(name: string, limit: number): FleetError {
  const problem = `${name} stopped arriving: no byte for ${limit / 1000} s.`;
  return new FleetError('STORE_UNAVAILABLE', problem);
}
