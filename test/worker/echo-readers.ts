import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import type { Kind, PageInput, PageResult } from '../../fleet/kinds/kind.ts';
import type { Readers } from '../../fleet/worker/run-worker.ts';

const parameters = z.strictObject({
  /** How long a page takes. */
  pageMs: z.number().min(0).default(0),
  /** The reader reads no page. */
  broken: z.boolean().default(false),
});

/** A kind that gives the bytes of a page back as its text, and a pool that reads it without threads. */
export function echoReaders(): Readers {
  const kind: Kind = {
    name: 'echo',
    description: 'Gives the bytes of a page back as its text.',
    parameters,
    columns: [],
    open: () => Promise.reject(new Error('read by the pool itself')),
  };
  return {
    kinds: new Map([[kind.name, kind]]),
    pool: {
      threads: 2,
      async read(spec, page, signal) {
        const { pageMs, broken } = parameters.parse(spec.parameters);
        if (broken) throw new Error('the reader is broken');
        await delay(pageMs, undefined, { signal });
        return [echo(page)];
      },
      models: async () => [],
      close: async () => undefined,
    },
  };
}

function echo({ bytes }: PageInput): PageResult {
  const polygon = [
    [0, 0],
    [9, 0],
    [9, 9],
    [0, 9],
  ] as const;
  const text = Buffer.from(bytes).toString();
  return {
    frame: 0,
    width: 10,
    height: 10,
    rotation: 0,
    lines: [{ polygon, bbox: [0, 0, 9, 9], text, confidence: 1 }],
    timings: { read: 1 },
  };
}
