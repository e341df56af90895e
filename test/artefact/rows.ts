import type { PageRow } from '../../fleet/artefact/page-row.ts';
import type { Column } from '../../fleet/page/page.ts';

export const columns: readonly Column[] = [
  { name: 'script', type: 'string' },
  { name: 'words', type: 'int' },
  { name: 'skew', type: 'double' },
  { name: 'bitonal', type: 'boolean' },
];

/** A row with as many lines as its page number modulo 4; every fifth page failed. */
function row(page: number): PageRow {
  const ok = page % 5 !== 4;
  const lines = Array.from({ length: ok ? page % 4 : 0 }, (_, line) => ({
    polygon: [
      { x: 1.5, y: line },
      { x: 99, y: line },
      { x: 99, y: line + 10 },
    ],
    bbox: { left: 1.5, top: line, right: 99, bottom: line + 10 },
    text: `བཀྲ་ཤིས་ ${page}.${line}`,
    confidence: 0.5,
  }));
  return {
    page,
    frame: 0,
    name: `p${page}.jpg`,
    etag: page % 2 === 0 ? null : `etag-${page}`,
    bytes: page % 3 === 0 ? null : BigInt(page) * 5_000_000_000n,
    width: ok ? 2000 : null,
    height: ok ? 600 : null,
    rotation: page % 7 === 0 ? 180 : 0,
    ok,
    error_stage: ok ? null : 'decode',
    error_type: ok ? null : 'IMAGE_CORRUPT',
    error_message: ok ? null : 'cut off',
    warning: page === 3 ? 'truncated' : null,
    lines,
    text: lines.map((line) => line.text).join('\n'),
    extra: { script: 'Tibt', words: page, skew: page / 3, bitonal: page % 2 === 0 },
  };
}

export function rows(first: number, count: number): PageRow[] {
  return Array.from({ length: count }, (_, i) => row(first + i));
}
