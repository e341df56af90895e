import { z } from 'zod';

const count = z.int().nonnegative();
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

const modelSchema = z.object({ role: z.string(), name: z.string(), uri: z.string(), sha256 });

/** What an artefact was made from and how. The same for every run that could have made it. */
export const provenanceSchema = z.object({
  job: z.string(),
  kind: z.string(),
  configHash: z.string(),
  parameters: z.unknown(),
  models: z.array(modelSchema),
  codeVersion: z.string(),
  volume: z.object({ uri: z.string(), version: z.string(), pages: count }),
});

/** Pages are expected files; rows are images (a multi-page TIFF has several); lines are of text. */
export const countsSchema = z.object({ pages: count, failed: count, rows: count, lines: count });

/** Which run made it: differs from run to run. */
export const madeBySchema = z.object({
  task: count,
  attempt: count,
  fence: z.string().regex(/^\d+$/),
  worker: z.string(),
  /** By the worker's clock. */
  startedAt: z.iso.datetime(),
  finishedAt: z.iso.datetime(),
});

export type Provenance = z.infer<typeof provenanceSchema>;
export type Counts = z.infer<typeof countsSchema>;
export type MadeBy = z.infer<typeof madeBySchema>;

/**
 * The key-value metadata of a Parquet file. What differs between two runs of the same work stands
 * in `fleet.made_by` alone: the rest of the file is the same, byte for byte.
 */
export function footerOf(
  provenance: Provenance,
  counts: Counts,
  madeBy: MadeBy,
): Readonly<Record<string, string>> {
  return {
    'fleet.provenance': JSON.stringify(provenance),
    'fleet.counts': JSON.stringify(counts),
    'fleet.made_by': JSON.stringify(madeBy),
  };
}
