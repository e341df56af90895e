import type { IBufferCell, Terminal } from '@xterm/headless';

/** The sixteen colours, then what the terminal is painted on and with. */
const palette = [
  '#1d2021',
  '#fb6f5f',
  '#a5c25c',
  '#e6b455',
  '#6a9fb5',
  '#c58fc5',
  '#75bfb0',
  '#d5d0c4',
  '#7c7f82',
  '#fb6f5f',
  '#a5c25c',
  '#e6b455',
  '#7cafdb',
  '#c58fc5',
  '#75bfb0',
  '#ffffff',
];
const paper = '#17191c';
const text = '#d5d0c4';

/** DejaVu Sans Mono's advance is 0.602 em. */
const fontSize = 15;
const cell = { width: fontSize * 0.60205, height: 19 } as const;
const margin = 14;

interface Run {
  readonly characters: string;
  readonly column: number;
  readonly style: Style;
}

interface Style {
  readonly front: string;
  readonly back: string;
  readonly bold: boolean;
}

/** The terminal's screen as a picture. Blocks and braille are drawn, so that they meet without gaps. */
export function screenToSvg(terminal: Terminal): string {
  const width = Math.ceil(terminal.cols * cell.width + 2 * margin);
  const height = terminal.rows * cell.height + 2 * margin;
  const rows = Array.from({ length: terminal.rows }, (_, row) => rowToSvg(terminal, row));
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" font-family="DejaVu Sans Mono, monospace" font-size="${fontSize}">
<rect width="${width}" height="${height}" rx="8" fill="${paper}"/>
${rows.join('\n')}
</svg>
`;
}

function rowToSvg(terminal: Terminal, row: number): string {
  const y = margin + row * cell.height;
  return runsOf(terminal, row)
    .map((run) => runToSvg(run, margin + run.column * cell.width, y))
    .join('');
}

/** What can be drawn in one piece. */
function runsOf(terminal: Terminal, row: number): Run[] {
  const line = terminal.buffer.active.getLine(terminal.buffer.active.viewportY + row);
  const runs: Run[] = [];
  for (let column = 0; column < terminal.cols; column += 1) {
    const content = line?.getCell(column);
    if (content === undefined || content.getWidth() === 0) continue;
    const characters = content.getChars() || ' ';
    const style = styleOf(content);
    const last = runs.at(-1);
    if (last !== undefined && joins(last, { characters, column, style })) {
      runs[runs.length - 1] = { ...last, characters: last.characters + characters };
    } else {
      runs.push({ characters, column, style });
    }
  }
  return runs;
}

function styleOf(content: IBufferCell): Style {
  const front = content.isFgPalette() ? (palette[content.getFgColor()] ?? text) : text;
  const back = content.isBgPalette() ? (palette[content.getBgColor()] ?? paper) : paper;
  const bold = content.isBold() !== 0;
  return content.isInverse() === 0 ? { front, back, bold } : { front: back, back: front, bold };
}

/** Words stay together, and so do cells of one shade; renderers trim spaces, so those stand alone. */
function joins(run: Run, next: Run): boolean {
  const sameStyle =
    run.style.front === next.style.front &&
    run.style.back === next.style.back &&
    run.style.bold === next.style.bold;
  const inWord = (characters: string) => characters.trim() !== '' && !isDrawn(characters);
  const sameShade = next.characters in shades && run.characters.startsWith(next.characters);
  return sameStyle && (sameShade || (inWord(run.characters) && inWord(next.characters)));
}

function runToSvg({ characters, style }: Run, x: number, y: number): string {
  const { front, back, bold } = style;
  const length = characters.length * cell.width;
  const ground = back === paper ? '' : rect(x, y, length, cell.height, back);
  if (characters.trim() === '') return ground;
  if (isDrawn(characters)) return ground + drawn(characters, x, y, front);
  const escaped = characters.replace(/&/g, '&amp;').replace(/</g, '&lt;');
  const weight = bold ? ' font-weight="bold"' : '';
  const baseline = y + cell.height * 0.76;
  return `${ground}<text x="${x.toFixed(2)}" y="${baseline.toFixed(2)}" fill="${front}"${weight}>${escaped}</text>`;
}

const shades: Readonly<Record<string, number>> = { '█': 1, '▓': 0.6, '░': 0.25 };

function isDrawn(characters: string): boolean {
  return /^[█▓░▚\u2800-\u28ff]/.test(characters);
}

function drawn(characters: string, x: number, y: number, fill: string): string {
  const { width, height } = cell;
  const [character = ''] = characters;
  const shade = shades[character];
  if (shade !== undefined)
    return rect(x, y + 2, width * characters.length, height - 4, fill, shade);
  if (character === '▚') {
    const half = (height - 4) / 2;
    return (
      rect(x, y + 2, width / 2, half, fill) +
      rect(x + width / 2, y + 2 + half, width / 2, half, fill)
    );
  }
  return dots(character.codePointAt(0) ?? 0, x, y, fill);
}

/** Column and row of each bit of a braille pattern. */
const dotPlaces = [
  [0, 0],
  [0, 1],
  [0, 2],
  [1, 0],
  [1, 1],
  [1, 2],
  [0, 3],
  [1, 3],
] as const;

function dots(codePoint: number, x: number, y: number, fill: string): string {
  return dotPlaces
    .filter((_, bit) => (codePoint & (1 << bit)) !== 0)
    .map(([column, row]) => {
      const cx = x + (column + 0.5) * (cell.width / 2);
      const cy = y + (row + 0.5) * (cell.height / 4);
      return `<circle cx="${cx.toFixed(2)}" cy="${cy.toFixed(2)}" r="1.7" fill="${fill}"/>`;
    })
    .join('');
}

function rect(
  x: number,
  y: number,
  width: number,
  height: number,
  fill: string,
  opacity = 1,
): string {
  const shade = opacity === 1 ? '' : ` fill-opacity="${opacity}"`;
  return `<rect x="${x.toFixed(2)}" y="${y.toFixed(2)}" width="${width.toFixed(2)}" height="${height}" fill="${fill}" shape-rendering="crispEdges"${shade}/>`;
}
