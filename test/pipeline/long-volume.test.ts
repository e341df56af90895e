import { link } from 'node:fs/promises';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import { runVolume } from '../../fleet/pipeline/run-volume.ts';
import { openVolume } from '../../fleet/volume/open-volume.ts';
import { folderWith } from '../volume/folder.ts';
import { EchoPool, echo } from './echo-pool.ts';
import { emptyOutput, runOf } from './volume-run.ts';

const pages = 5000;
const linesOfPage = 20;
const megabyte = 1024 * 1024;

it('a volume of 5,000 pages is read in bounded memory', { timeout: 60_000 }, async () => {
  const volume = await openVolume(await longVolume(), { signal: new AbortController().signal });
  const collectGarbage = garbageCollector();
  const live: number[] = [];
  const run = runOf(volume, await emptyOutput(), {
    pool: new EchoPool((page) => [fullPage(page)]),
    commitPart: async ({ number }) => {
      if (number % 8 !== 0) return;
      collectGarbage();
      const { heapUsed, arrayBuffers } = process.memoryUsage();
      live.push(heapUsed + arrayBuffers);
    },
  });
  const limits = { ...run.limits, fetchAheadPages: 32, partPages: 64 };
  expect(await runVolume({ ...run, limits })).toMatchObject({
    pages,
    failed: 0,
    lines: linesOfPage * pages,
  });
  const [first = 0, ...later] = live;
  expect(later.length).toBeGreaterThan(5);
  expect(Math.max(...later)).toBeLessThan(first + 12 * megabyte);
});

/** 100,000 lines in all: about 40 MB, were they kept. */
function fullPage(page: Parameters<typeof echo>[0]) {
  const result = echo(page);
  const line = (i: number) => result.lines.map((one) => ({ ...one, text: `${one.text}, ${i}` }));
  return { ...result, lines: Array.from({ length: linesOfPage }, (_, i) => line(i)).flat() };
}

/** A folder of one file under many names. */
async function longVolume(): Promise<string> {
  const folder = await folderWith({ 'p1.jpg': 'text of a page' });
  for (let number = 2; number <= pages; number++) {
    await link(join(folder, 'p1.jpg'), join(folder, `p${number}.jpg`));
  }
  return folder;
}

function garbageCollector(): () => void {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as () => void;
}
