import { runSequences, type Run } from './sequences.ts';

export interface Lanes extends Run {
  /** A database for each lane: sequences of one must not see those of another. */
  readonly urls: readonly string[];
}

/** Runs the sequences in several databases at once, each lane with a seed that follows the first's. */
export async function runLanes({ urls, ...run }: Lanes): Promise<void> {
  const share = Math.ceil(run.sequences / urls.length);
  await Promise.all(
    urls.map((url, lane) => runSequences(url, { ...run, seed: run.seed + lane, sequences: share })),
  );
}
