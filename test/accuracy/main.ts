/**
 * Character error rates of the kind `ocr` and of Debian's tesseract on the sample pages, side by
 * side: `node test/accuracy/main.ts [--json] [--set name=value …]`.
 */
import { parseArgs } from 'node:util';
import { type Comparison, compare, type ReadLine } from './compare.ts';
import { openOcrKind } from './ocr-kind.ts';
import { type SamplePage, samplePages } from './sample-pages.ts';
import { readWithTesseract } from './tesseract.ts';

interface Measure extends Comparison {
  readonly page_name: string;
  readonly reader: 'ocr' | 'tesseract';
  readonly milliseconds: number;
}

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    set: { type: 'string', multiple: true, default: [] },
  },
});
const ocr = await openOcrKind(parametersFrom(values.set));
const measures: Measure[] = [];
for (const page of await samplePages()) {
  await ocr.read(page.file);
  measures.push(await measure(page, 'ocr', (file) => ocr.read(file)));
  measures.push(await measure(page, 'tesseract', readWithTesseract));
}
await ocr.close();
if (values.json) console.log(JSON.stringify({ measures }, undefined, 2));
else print();

async function measure(
  page: SamplePage,
  reader: Measure['reader'],
  read: (file: string) => Promise<ReadLine[]>,
): Promise<Measure> {
  const start = performance.now();
  const lines = await read(page.file);
  const milliseconds = Math.round(performance.now() - start);
  return { page_name: page.name, reader, ...compare(page, lines), milliseconds };
}

function parametersFrom(settings: readonly string[]): Record<string, unknown> {
  const pairs = settings.map((setting) => {
    const cut = setting.indexOf('=');
    const value = setting.slice(cut + 1);
    return [setting.slice(0, cut), Number.isNaN(Number(value)) ? value : Number(value)] as const;
  });
  return Object.fromEntries(pairs);
}

function print(): void {
  const percent = (share: number | undefined) =>
    share === undefined ? undefined : `${(share * 100).toFixed(2)} %`;
  console.table(
    measures.map(({ page_name, reader, page, zones, milliseconds }) => ({
      page: page_name,
      reader,
      'CER, whole page': percent(page),
      'CER, by zone': percent(zones) ?? '',
      'ms/page': milliseconds,
    })),
  );
  const rss = Math.round(process.resourceUsage().maxRSS / 1024);
  console.log(`One thread each. Peak memory of this process (kind ocr): ${rss} MB.`);
}
