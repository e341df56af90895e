import { execa } from 'execa';
import type { ReadLine } from './compare.ts';

/** Debian's tesseract with its English model, on one thread: it is several times slower on more. */
export async function readWithTesseract(file: string): Promise<ReadLine[]> {
  const environment = { OMP_THREAD_LIMIT: '1' };
  const { stdout } = await execa('tesseract', [file, 'stdout', '-l', 'eng', 'tsv'], {
    env: environment,
    stderr: 'ignore',
  });
  return linesOf(stdout);
}

/** Words (level 5) are joined where page, block, paragraph and line number are equal. */
function linesOf(tsv: string): ReadLine[] {
  const lines = new Map<string, ReadLine>();
  for (const row of tsv.split('\n').slice(1)) {
    const [level, page, block, paragraph, line, , left, top, width, height, , text] =
      row.split('\t');
    if (level !== '5' || !text?.trim()) continue;
    const key = [page, block, paragraph, line].join('.');
    const box = {
      left: Number(left),
      top: Number(top),
      right: Number(left) + Number(width),
      bottom: Number(top) + Number(height),
    };
    const before = lines.get(key);
    lines.set(key, before ? joined(before, { ...box, text }) : { ...box, text });
  }
  return [...lines.values()];
}

const joined = (line: ReadLine, word: ReadLine): ReadLine => ({
  left: Math.min(line.left, word.left),
  top: Math.min(line.top, word.top),
  right: Math.max(line.right, word.right),
  bottom: Math.max(line.bottom, word.bottom),
  text: `${line.text} ${word.text}`,
});
