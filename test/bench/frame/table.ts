import type { Machine } from './machine.ts';
import type { Row } from './measure.ts';

/** The document as people read it. */
export function renderTable(machine: Machine, rows: readonly Row[]): string {
  const head = ['measure', 'value', 'against', 'ratio', 'goal', 'met'];
  const body = rows.map((row) => [
    row.name,
    row.value === null ? '–' : withUnit(row.value, row.unit),
    row.against === null ? '' : `${row.against.name} ${withUnit(row.against.value, row.unit)}`,
    row.ratio === null ? '' : `${rounded(row.ratio)} ×`,
    row.goal ?? '',
    row.met === null ? (row.note ?? '') : row.met ? 'yes' : 'NO',
  ]);
  const widths = head.map((_, column) =>
    Math.max(...[head, ...body].map((cells) => (cells[column] ?? '').length)),
  );
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  return [describe(machine), '', line(head), ...body.map(line), ''].join('\n');
}

/** `1,234 tasks/s` */
export function withUnit(value: number, unit: string): string {
  return `${rounded(value)} ${unit}`;
}

/** Three significant digits, or all before the point. */
function rounded(value: number): string {
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return value.toLocaleString('en', { maximumFractionDigits: digits });
}

function describe({ cpus, model, memory, node, postgres }: Machine): string {
  const database = postgres === null ? '' : `, Postgres ${postgres}`;
  return `${cpus} × ${model}, ${Math.round(memory / 2 ** 30)} GB, Node ${node}${database}`;
}
