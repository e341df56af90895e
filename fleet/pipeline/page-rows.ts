import type { PageRow } from '../artefact/page-row.ts';
import type { Column, ColumnValue, Line, PageError, PageResult } from '../page/page.ts';
import type { Page } from '../volume/volume.ts';

/** Longer messages are cut: a stack or a whole HTML page has no place in a row. */
const maxMessageLength = 2000;

export interface PageSource {
  readonly page: Page;
  /** Bytes that were fetched; the listing's size stands in when none were. */
  readonly bytes?: number | undefined;
}

/** The rows of one page: one for each image in its file, at least one, whatever happened to it. */
export function pageRows(
  source: PageSource,
  results: readonly PageResult[],
  columns: readonly Column[],
): PageRow[] {
  return results.map((result, frame) => {
    const error = result.error ?? wrongColumn(result, columns);
    return {
      ...identity(source, frame),
      ...outcome(error),
      width: result.width ?? null,
      height: result.height ?? null,
      rotation: result.rotation,
      warning: shortened(result.warning),
      ...linesOf(error === undefined ? result.lines : []),
      extra: extraOf(error === undefined ? result : undefined, columns),
    };
  });
}

function identity({ page, bytes }: PageSource, frame: number) {
  const size = bytes ?? page.size;
  const { index, name, etag = null } = page;
  return { page: index, frame, name, etag, bytes: size === undefined ? null : BigInt(size) };
}

function outcome(error: PageError | undefined) {
  return {
    ok: error === undefined,
    error_stage: error?.stage ?? null,
    error_type: error?.type ?? null,
    error_message: shortened(error?.message),
  };
}

function linesOf(lines: readonly Line[]): Pick<PageRow, 'lines' | 'text'> {
  return { lines: lines.map(lineRow), text: lines.map((line) => line.text).join('\n') };
}

function lineRow({ polygon, bbox: [left, top, right, bottom], text, confidence }: Line) {
  const points = polygon.map(([x, y]) => ({ x, y }));
  return { polygon: points, bbox: { left, top, right, bottom }, text, confidence };
}

function extraOf(result: PageResult | undefined, columns: readonly Column[]): PageRow['extra'] {
  return Object.fromEntries(columns.map(({ name }) => [name, result?.extra?.[name] ?? null]));
}

/** A kind's own column with a value of another type would break the whole file: the page fails. */
function wrongColumn(result: PageResult, columns: readonly Column[]): PageError | undefined {
  const wrong = columns.find(({ name, type }) => !fits(result.extra?.[name] ?? null, type));
  if (wrong === undefined) return undefined;
  const value = JSON.stringify(result.extra?.[wrong.name]);
  const message = `The kind gave ${value} for its column "${wrong.name}" of type ${wrong.type}`;
  return { stage: 'write', type: 'PAGE_FAILED', message };
}

function fits(value: ColumnValue, type: Column['type']): boolean {
  if (value === null) return true;
  if (type === 'int') return Number.isSafeInteger(value);
  return typeof value === (type === 'double' ? 'number' : type);
}

function shortened(message: string | undefined): string | null {
  if (message === undefined) return null;
  return message.length <= maxMessageLength ? message : `${message.slice(0, maxMessageLength)}…`;
}
