import type { RunLimits } from '../pipeline/volume-run.ts';

const MEBIBYTE = 1024 ** 2;

/** Bounds of one volume's run: fetched bytes, not decoded pages, wait ahead of the readers. */
export function runLimits(
  threads: number,
  { partPages, partMs }: Pick<RunLimits, 'partPages' | 'partMs'>,
): RunLimits {
  return {
    fetchAheadPages: Math.max(8, threads * 3),
    fetchAheadBytes: 64 * MEBIBYTE,
    maxPageBytes: 256 * MEBIBYTE,
    partPages,
    partMs,
  };
}
