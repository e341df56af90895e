import { rm, mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { runVolume } from '../../fleet/pipeline/run-volume.ts';
import { openVolume } from '../../fleet/volume/open-volume.ts';
import { EchoPool, echo } from './echo-pool.ts';
import { emptyOutput, published, runOf } from './volume-run.ts';

const pages = 5000;
const megabyte = 1024 * 1024;

/** A page of a hundred lines: 5,000 of them are about 100 MB as JavaScript objects. */
function fullPage(page: Parameters<typeof echo>[0]) {
  const result = echo(page);
  const lines = Array.from({ length: 30 }, (_, i) =>
    result.lines.map((line) => ({ ...line, text: `${line.text}, line ${i}` })),
  ).flat();
  return [{ ...result, lines }];
}

it('a volume of 5,000 pages is read in bounded memory', { timeout: 60_000 }, async () => {
  const folder = await longVolume();
  const volume = await openVolume(folder, { signal: new AbortController().signal });
  const output = await emptyOutput();
  const memory: number[] = [];
  const run = runOf(volume, output, {
    pool: new EchoPool(fullPage),
    commitPart: async () => {
      const { heapUsed, arrayBuffers } = process.memoryUsage();
      memory.push(heapUsed + arrayBuffers);
    },
  });
  const limits = { ...run.limits, fetchAheadPages: 32, partPages: 64 };
  const outcome = await runVolume({ ...run, limits });

  expect(outcome).toMatchObject({ pages, failed: 0, lines: 30 * pages });
  expect((await published(output)).marker.counts.rows).toBe(pages);
  const early = Math.max(...memory.slice(0, 15));
  expect(Math.max(...memory.slice(15))).toBeLessThan(early + 60 * megabyte);
});

async function longVolume(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'fleet-long-'));
  onTestFinished(async () => await rm(folder, { recursive: true }));
  await mkdir(folder, { recursive: true });
  for (let first = 1; first <= pages; first += 100) {
    const batch = Array.from({ length: 100 }, async (_, i) => {
      await writeFile(join(folder, `p${first + i}.jpg`), `text of page ${first + i}`);
    });
    await Promise.all(batch);
  }
  return folder;
}
