import { redactSecrets } from '../../log/redact-secrets.ts';
import { type Paint, paintFor } from './palette.ts';
import { type Progress, startProgress } from './progress.ts';
import { type Column, renderTable } from './table.ts';

/** What a text is made with: the width and the colours of standard output. */
export interface Screen {
  readonly paint: Paint;
  table<Row>(rows: readonly Row[], columns: readonly Column<Row>[]): string;
}

/** Results go to standard output, everything else to standard error. */
export class Output {
  readonly json: boolean;
  readonly #bars = new Set<Progress>();

  constructor({ json }: { readonly json: boolean }) {
    this.json = json;
  }

  /** The result of the command: the document itself with `--json`, else what `render` makes of it. */
  result<T>(document: T, render: (screen: Screen, document: T) => string): void {
    const text = this.json ? JSON.stringify(document, null, 2) : render(screen(), document);
    if (text !== '') process.stdout.write(`${text}\n`);
  }

  /** A line beside the result, for the person at the terminal. */
  note(text: string): void {
    process.stderr.write(`${redactSecrets(text)}\n`);
  }

  /** A bar that goes when the command ends, however it ends. */
  progress(label: string, unit: string): Progress {
    const bar = startProgress(label, unit);
    this.#bars.add(bar);
    return bar;
  }

  close(): void {
    for (const bar of this.#bars) bar.stop();
  }
}

function screen(): Screen {
  const paint = paintFor(process.stdout);
  const width = process.stdout.isTTY ? process.stdout.columns : Number.POSITIVE_INFINITY;
  return { paint, table: (rows, columns) => renderTable(rows, columns, { width, paint }) };
}
