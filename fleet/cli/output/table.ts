import stringWidth from 'string-width';
import type { Meaning, Paint } from './palette.ts';

export interface Column<Row> {
  readonly title: string;
  readonly value: (row: Row) => string | number;
  readonly align?: 'left' | 'right';
  readonly meaning?: (row: Row) => Meaning | undefined;
  /** Which end goes when the terminal is too narrow; a column without it keeps its width. */
  readonly cut?: 'start' | 'end';
}

export interface TableSpace {
  /** Columns of the terminal; Infinity when it is none. */
  readonly width: number;
  readonly paint: Paint;
}

const gap = 2;
/** A cut column keeps this many characters, even when the line then is too long. */
const narrowest = 12;

/** Rows under their titles, fitted to the width; a line each, without a line break at the end. */
export function renderTable<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  { width, paint }: TableSpace,
): string {
  const cells = rows.map((row) => columns.map((column) => String(column.value(row))));
  const widths = fit(columns, naturalWidths(columns, cells), width);
  const line = (texts: readonly string[], style: (text: string, index: number) => string) =>
    texts
      .map((text, index) => {
        const column = columns[index];
        const cut = cutTo(text, widths[index] ?? 0, column?.cut ?? 'end');
        const space = ' '.repeat(Math.max(0, (widths[index] ?? 0) - stringWidth(cut)));
        const shown = style(cut, index);
        return column?.align === 'right' ? space + shown : shown + space;
      })
      .join(' '.repeat(gap))
      .trimEnd();
  const titles = line(
    columns.map((column) => column.title),
    (text) => paint('heading', text),
  );
  const body = rows.map((row, index) =>
    line(cells[index] ?? [], (text, place) => {
      const meaning = columns[place]?.meaning?.(row);
      return meaning === undefined ? text : paint(meaning, text);
    }),
  );
  return [titles, ...body].join('\n');
}

function naturalWidths<Row>(
  columns: readonly Column<Row>[],
  cells: readonly (readonly string[])[],
): number[] {
  return columns.map((column, index) =>
    cells.reduce(
      (widest, row) => Math.max(widest, stringWidth(row[index] ?? '')),
      stringWidth(column.title),
    ),
  );
}

/** Takes what is too much from the widest column that may be cut, again and again. */
function fit<Row>(columns: readonly Column<Row>[], natural: number[], width: number): number[] {
  const widths = [...natural];
  const room = width - gap * (columns.length - 1);
  for (let excess = sum(widths) - room; excess > 0; excess = sum(widths) - room) {
    let widest = -1;
    for (const [index, column] of columns.entries()) {
      const isWider = (widths[index] ?? 0) > (widths[widest] ?? narrowest);
      if (column.cut !== undefined && isWider) widest = index;
    }
    if (widest === -1) break;
    const others = columns.map((column, index) =>
      index !== widest && column.cut !== undefined ? (widths[index] ?? 0) : 0,
    );
    const next = Math.max(narrowest, Math.max(...others) - 1);
    const current = widths[widest] ?? 0;
    widths[widest] = Math.max(current - excess, Math.min(next, current - 1));
  }
  return widths;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}

const graphemes = new Intl.Segmenter();

function cutTo(text: string, width: number, end: 'start' | 'end'): string {
  if (stringWidth(text) <= width) return text;
  const parts = Array.from(graphemes.segment(text), ({ segment }) => segment);
  if (end === 'start') parts.reverse();
  let kept: string[] = [];
  let used = 1;
  for (const part of parts) {
    used += stringWidth(part);
    if (used > width) break;
    kept.push(part);
  }
  if (end === 'start') kept = kept.reverse();
  return end === 'start' ? `…${kept.join('')}` : `${kept.join('')}…`;
}
