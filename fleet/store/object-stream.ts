import { Readable } from 'node:stream';
import { FleetError } from '../errors/fleet-error.ts';

export interface ExpectedBody {
  /** The object as messages call it. */
  readonly name: string;
  /** Bytes that were promised, when the store promised any. */
  readonly length: number | undefined;
  readonly maxBytes: number | undefined;
}

/** Refuses before the first byte what is larger than the reader wants. Throws `STORE_DAMAGED`. */
export function refuseLarger({ name, length, maxBytes }: ExpectedBody): void {
  if (length === undefined || maxBytes === undefined || length <= maxBytes) return;
  throw new FleetError(
    'STORE_DAMAGED',
    `${name} has ${length} bytes, more than the ${maxBytes} that are allowed for it.`,
    { remedy: 'Check that the object is what it should be.', retryable: false },
  );
}

/** Passes the chunks on and throws `STORE_DAMAGED` when they are not as many bytes as promised. */
export async function* wholeBody(
  chunks: AsyncIterable<Buffer>,
  expected: ExpectedBody,
): AsyncGenerator<Buffer> {
  let received = 0;
  for await (const chunk of chunks) {
    received += chunk.length;
    refuseLarger({ ...expected, length: received });
    yield chunk;
  }
  if (expected.length !== undefined && received !== expected.length) {
    throw shortBody(expected, `${received} of ${expected.length} bytes`);
  }
}

export function shortBody(expected: ExpectedBody, arrived: string, cause?: unknown): FleetError {
  return new FleetError('STORE_DAMAGED', `${expected.name} did not arrive whole: ${arrived}.`, {
    cause,
  });
}

/**
 * Chunks as a stream. When its reader leaves, the `source` is destroyed at once, even while the
 * next chunk is being waited for (`Readable.from` would wait for that chunk first).
 */
export function asStream(chunks: AsyncIterable<Buffer>, source: Readable): Readable {
  const iterator = chunks[Symbol.asyncIterator]();
  return new Readable({
    read() {
      iterator.next().then(
        (next) => this.push(next.done ? null : next.value),
        (error: Error) => this.destroy(error),
      );
    },
    destroy(error, done) {
      source.destroy();
      done(error);
    },
  });
}
