import { stripVTControlCharacters } from 'node:util';
import stringWidth from 'string-width';
import { sgrOf, type Theme, type Tone } from './theme.ts';

export interface Span {
  readonly text: string;
  readonly tone?: Tone | undefined;
}

/** One row of the screen. */
export type Line = readonly Span[];

const segmenter = new Intl.Segmenter();
const printableAscii = /^[\x20-\x7e]*$/;
const lineBreaks = /[\t-\r]+/g;
const controls = /\p{C}/gu;

/** Text from elsewhere (names, volumes, errors) must not be able to drive the terminal. */
export function clean(text: string): string {
  if (printableAscii.test(text)) return text;
  return stripVTControlCharacters(text).replace(lineBreaks, ' ').replace(controls, '');
}

/** The only way to a span: whatever is shown has been cleaned. */
export function span(text: string, tone?: Tone): Span {
  const cleaned = clean(text);
  return tone === undefined ? { text: cleaned } : { text: cleaned, tone };
}

/** Columns that the text takes. */
export function widthOf(text: string): number {
  return printableAscii.test(text) ? text.length : stringWidth(text);
}

/** Cuts with an ellipsis, or pads, to exactly `width` columns. */
export function fit(text: string, width: number, align: 'left' | 'right' = 'left'): string {
  const cleaned = clean(text);
  const taken = widthOf(cleaned);
  if (taken > width) return cut(cleaned, width);
  const padding = ' '.repeat(width - taken);
  return align === 'left' ? cleaned + padding : padding + cleaned;
}

function cut(text: string, width: number): string {
  if (width <= 0) return '';
  let kept = '';
  let taken = 0;
  for (const { segment } of segmenter.segment(text)) {
    const next = widthOf(segment);
    if (taken + next > width - 1) break;
    kept += segment;
    taken += next;
  }
  return `${kept}…${' '.repeat(width - taken - 1)}`;
}

export function lineWidth(line: Line): number {
  return line.reduce((width, { text }) => width + widthOf(text), 0);
}

/** `left` and `right` at the two ends of `width` columns; what is too much on the left is cut. */
export function spread(left: Line, right: Line, width: number): Line {
  const room = Math.max(0, width - lineWidth(right));
  const kept = clip(left, room);
  return [...kept, span(' '.repeat(room - lineWidth(kept))), ...right];
}

/** The first `width` columns. */
export function clip(line: Line, width: number): Line {
  const kept: Span[] = [];
  let room = width;
  for (const { text, tone } of line) {
    if (room <= 0) break;
    const taken = Math.min(widthOf(text), room);
    kept.push(span(fit(text, taken), tone));
    room -= taken;
  }
  return kept;
}

/** The line as a terminal takes it. */
export function paint(line: Line, theme: Theme): string {
  return line
    .map(({ text, tone }) => {
      const sgr = tone === undefined ? undefined : sgrOf(tone, theme);
      return sgr === undefined || text === '' ? text : `\x1b[${sgr}m${text}\x1b[0m`;
    })
    .join('');
}
