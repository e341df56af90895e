import { readFile } from 'node:fs/promises';
import { cacheDirectory } from '../../fleet/config/directories.ts';
import type { Reader } from '../../fleet/kinds/kind.ts';
import { kind } from '../../fleet/kinds/ocr/kind.ts';
import type { ReadLine } from './compare.ts';

export interface OpenedOcr {
  read(file: string): Promise<ReadLine[]>;
  close(): Promise<void>;
}

/** This project's kind `ocr`, on one thread. `parameters` differ from the defaults. */
export async function openOcrKind(
  parameters: Readonly<Record<string, unknown>>,
): Promise<OpenedOcr> {
  const { signal } = new AbortController();
  const context = { signal, intraOpThreads: 1, cacheDir: cacheDirectory() };
  const reader = await kind.open(kind.parameters.parse(parameters), context);
  return { read: (file) => readFrames(reader, file, signal), close: () => reader.close() };
}

async function readFrames(reader: Reader, file: string, signal: AbortSignal): Promise<ReadLine[]> {
  const bytes = await readFile(file);
  const results = await reader.read({ index: 0, name: file, bytes }, signal);
  return results.flatMap(({ lines, error }) => {
    if (error) throw new Error(`${file}: ${error.message}`);
    return lines.map(({ text, bbox: [left, top, right, bottom] }) => ({
      left,
      top,
      right,
      bottom,
      text,
    }));
  });
}
