/** A kind whose pages say what it shall do: for tests of the registry and of the reading threads. */
import { setTimeout as delay } from 'node:timers/promises';
import { threadId } from 'node:worker_threads';
import { appendFileSync } from 'node:fs';
import { z } from 'zod';
import { FleetError } from '../../../fleet/errors/fleet-error.ts';
import type { Kind, Reader } from '../../../fleet/kinds/kind.ts';
import type { PageInput, PageResult } from '../../../fleet/page/page.ts';

const parameters = z.strictObject({
  /** A file that gets a line when a reader is opened, begins a page, and is closed. */
  journal: z.string().optional(),
  open: z.enum(['well', 'fails']).default('well'),
  greeting: z.string().default('hello'),
});

export const kind: Kind<typeof parameters> = {
  name: 'scripted',
  description: 'Does what its pages say.',
  parameters,
  columns: [],
  async open(given) {
    const note = (what: string) => given.journal && appendFileSync(given.journal, `${what}\n`);
    if (given.open === 'fails') {
      throw new FleetError('MODEL_DIGEST', 'The model is another one.', { remedy: 'Pin it anew.' });
    }
    note('open');
    return {
      models: [{ role: 'none', name: 'none', uri: 'none:', sha256: '00' }],
      read: (page, signal) => {
        note(`read ${Buffer.from(page.bytes).toString()}`);
        return obey(page, signal, given.greeting);
      },
      close: async () => void note('close'),
    } satisfies Reader;
  },
};

async function obey(page: PageInput, signal: AbortSignal, greeting: string): Promise<PageResult[]> {
  const command = Buffer.from(page.bytes).toString();
  if (command === 'die') process.exit(3);
  if (command === 'throw') throw new TypeError('the reader is broken');
  if (command === 'wait for abort') await delay(600_000, undefined, { signal });
  if (command === 'slow') await delay(100);
  if (command === 'hang') await delay(600_000);
  return [said(`${greeting} ${command} from ${threadId}`)];
}

function said(text: string): PageResult {
  const line = { polygon: [], bbox: [0, 0, 0, 0], text, confidence: 1 } as const;
  return { frame: 0, rotation: 0, lines: [line], timings: {} };
}
