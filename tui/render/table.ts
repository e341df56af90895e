import { clip, fit, type Line, lineWidth, span } from './line.ts';
import type { Theme, Tone } from './theme.ts';

/** A cell is text in one tone, or spans of exactly the width it was given. */
export type Cell = string | { readonly text: string; readonly tone: Tone } | Line;

export interface Column<Row> {
  readonly title: string;
  /** Width in characters at least, and its share of the room that is left. */
  readonly width: number;
  readonly grow?: number;
  readonly align?: 'left' | 'right';
  /** Columns with higher numbers go first when the terminal is narrow. */
  readonly rank: number;
  cell(row: Row, width: number, theme: Theme): Cell;
  /** Sortable when it is there; what an operator looks for comes first. */
  readonly compare?: (a: Row, b: Row) => number;
}

interface PlacedColumn<Row> {
  readonly column: Column<Row>;
  readonly width: number;
}

const gap = span(' ');

/** Widths depend on the terminal alone, never on the rows: nothing jumps when figures change. */
function place<Row>(columns: readonly Column<Row>[], width: number): PlacedColumn<Row>[] {
  const kept = [...columns];
  const taken = () => kept.reduce((sum, column) => sum + column.width + 1, -1);
  while (kept.length > 1 && taken() > width) {
    const worst = kept.reduce((worst, column) => (column.rank > worst.rank ? column : worst));
    kept.splice(kept.indexOf(worst), 1);
  }
  const shares = kept.reduce((sum, { grow = 0 }) => sum + grow, 0);
  let room = Math.max(0, width - taken());
  let sharesLeft = shares;
  return kept.map((column) => {
    const extra = sharesLeft === 0 ? 0 : Math.round((room * (column.grow ?? 0)) / sharesLeft);
    sharesLeft -= column.grow ?? 0;
    room -= extra;
    return { column, width: column.width + extra };
  });
}

export interface Table<Row> {
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly keyOf: (row: Row) => string;
  /** Title of the column that sorts. */
  readonly sortedBy?: string | undefined;
  readonly selected?: string | null;
}

/** Head and rows as lines of `width` columns. */
export function renderTable<Row>(
  table: Table<Row>,
  width: number,
  theme: Theme,
): { head: Line; rows: Line[] } {
  const placed = place(table.columns, width);
  return {
    head: between(
      placed.map(({ column, width }) => [
        span(fit(titleOf(column, table, theme), width, column.align), 'heading'),
      ]),
    ),
    rows: table.rows.map((row) => {
      const line = between(placed.map(({ column, width }) => toSpans(column, row, width, theme)));
      return table.keyOf(row) === table.selected ? highlight(line, width) : line;
    }),
  };
}

function titleOf<Row>({ title }: Column<Row>, { sortedBy }: Table<Row>, theme: Theme): string {
  if (title !== sortedBy) return title;
  return theme.glyphs === 'unicode' ? `${title}▾` : `${title}*`;
}

function toSpans<Row>(column: Column<Row>, row: Row, width: number, theme: Theme): Line {
  const cell = column.cell(row, width, theme);
  if (typeof cell === 'string') return [span(fit(cell, width, column.align))];
  if ('text' in cell) return [span(fit(cell.text, width, column.align), cell.tone)];
  return [...clip(cell, width), span(' '.repeat(Math.max(0, width - lineWidth(cell))))];
}

function between(cells: readonly Line[]): Line {
  return cells.flatMap((cell, i) => (i === 0 ? cell : [gap, ...cell]));
}

function highlight(line: Line, width: number): Line {
  return [span(fit(line.map(({ text }) => text).join(''), width), 'selected')];
}

/** The row to sort by is the one that `turns` presses of the key lead to, from the first on. */
export function sortRows<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  turns: number,
): { rows: Row[]; sortedBy: string | undefined } {
  const sortable = columns.filter(({ compare }) => compare !== undefined);
  const column = sortable[turns % sortable.length];
  return { rows: [...rows].sort(column?.compare), sortedBy: column?.title };
}
