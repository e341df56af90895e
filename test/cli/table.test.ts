import { describe, expect, it } from 'vitest';
import { type Column, renderTable } from '../../fleet/cli/output/table.ts';

interface Row {
  readonly job: string;
  readonly volume: string;
  readonly pages: number;
}

const columns: readonly Column<Row>[] = [
  { title: 'job', value: (row) => row.job },
  { title: 'volume', value: (row) => row.volume, cut: 'start' },
  { title: 'pages', value: (row) => row.pages, align: 'right' },
];
const rows = [
  { job: 'ocr', volume: 's3://scans/W22084/I0886/', pages: 7 },
  { job: 'ཡིག', volume: 's3://scans/漢字/', pages: 1200 },
];
const paint = (_meaning: string, text: string): string => text;
const lines = (width: number) => renderTable(rows, columns, { width, paint }).split('\n');

describe('a table', () => {
  it('lines up columns, numbers to the right', () => {
    expect(lines(Number.POSITIVE_INFINITY)).toEqual([
      'job  volume                    pages',
      'ocr  s3://scans/W22084/I0886/      7',
      'ཡིག   s3://scans/漢字/           1200',
    ]);
  });

  it('fits the terminal by cutting where the column allows it', () => {
    expect(lines(28)).toEqual([
      'job  volume            pages',
      'ocr  …s/W22084/I0886/      7',
      'ཡིག   s3://scans/漢字/   1200',
    ]);
  });

  it('keeps enough to tell rows apart, however narrow the terminal', () => {
    expect(lines(5)[1]).toBe('ocr  …2084/I0886/      7');
  });

  it('colours the text and not the space', () => {
    const coloured = renderTable(rows, [{ title: 'job', value: (row) => row.job }], {
      width: 80,
      paint: (meaning, text) => `<${meaning}>${text}`,
    });
    expect(coloured.split('\n')[0]).toBe('<heading>job');
  });
});
