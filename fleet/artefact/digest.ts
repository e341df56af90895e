import { createHash } from 'node:crypto';

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Length and SHA-256 of bytes that pass by. */
export class PassingDigest {
  readonly #hash = createHash('sha256');
  bytes = 0;

  async *of(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const chunk of chunks) {
      this.#hash.update(chunk);
      this.bytes += chunk.length;
      yield chunk;
    }
  }

  /** Hex; to be asked once, after the last chunk. */
  sha256(): string {
    return this.#hash.digest('hex');
  }
}
