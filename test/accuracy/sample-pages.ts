import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { scanFile } from '../fixtures/scans.ts';

/** A part of a page and the text in it. */
export interface Zone {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
  readonly truth: string;
}

/** A scan with ground truth. */
export interface SamplePage {
  readonly name: string;
  readonly file: string;
  readonly truth: string;
  /** Empty when the truth is that of the whole page only. */
  readonly zones: readonly Zone[];
}

const folder = path.resolve(import.meta.dirname, '../fixtures/pages');

const sources = [
  { name: '8087_054.3B', truth: '8087_054.3B.txt', zones: '8087_054.3B.uzn' },
  { name: 'eurotext', truth: 'eurotext.txt' },
  { name: 'phototest', truth: 'phototest.gold.txt' },
] as const;

export async function samplePages(): Promise<SamplePage[]> {
  return await Promise.all(
    sources.map(async (source) => {
      const truth = await readFile(path.join(folder, source.truth), 'utf8');
      const zones =
        'zones' in source
          ? readZones(await readFile(path.join(folder, source.zones), 'utf8'), truth)
          : [];
      return { name: source.name, file: scanFile(`${source.name}.tif`), truth, zones };
    }),
  );
}

/** ISRI's format: a line `left top width height kind` a zone; their texts are parted by two empty lines. */
function readZones(uzn: string, truth: string): Zone[] {
  const texts = truth.split('\n\n\n');
  return uzn
    .trim()
    .split('\n')
    .map((line, index) => {
      const [left = 0, top = 0, width = 0, height = 0] = line.trim().split(/\s+/).map(Number);
      return { left, top, right: left + width, bottom: top + height, truth: texts[index] ?? '' };
    });
}
