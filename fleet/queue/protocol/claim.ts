import type { Part } from './part.ts';
import type { Database } from '../database.ts';
import type { Held } from './held.ts';

/** A task as its worker gets it: everything needed to run it, in one round trip. */
export interface ClaimedTask extends Held {
  readonly job: string;
  readonly kind: string;
  readonly parameters: unknown;
  readonly configHash: string;
  /** Store URI under which the job's artefacts are written. */
  readonly output: string;
  readonly volume: string;
  /** The version that was asked for; empty: the one that is found. */
  readonly version: string;
  /** The version that an earlier attempt found; the parts below are of it. */
  readonly inputVersion: string | undefined;
  readonly rerun: number;
  /** 1 for the first. */
  readonly attempt: number;
  readonly maxAttempts: number;
  readonly maxPageFailureRate: number;
  readonly partPages: number;
  readonly partMs: number;
  /** What earlier attempts committed, in page order. */
  readonly parts: readonly Part[];
}

interface ClaimRow {
  task: string;
  fence: string;
  job: string;
  kind: string;
  parameters: unknown;
  config_hash: string;
  output: string;
  volume: string;
  version: string;
  input_version: string | null;
  rerun: number;
  attempt: number;
  max_attempts: number;
  max_page_failure_rate: number;
  part_pages: number;
  part_ms: number;
  parts: Part[];
}

/**
 * Claims up to `slots` tasks (sql/functions/03_claim.sql). Throws `LEASE_LOST` when the worker has no
 * live lease; gives nothing when it is paused or draining.
 */
export async function claim(
  database: Database,
  worker: number,
  slots: number,
): Promise<readonly ClaimedTask[]> {
  const rows = await database.call<ClaimRow>('fleet_claim', 'select * from fleet.claim($1, $2)', [
    worker,
    slots,
  ]);
  return rows.map(toClaimedTask);
}

function toClaimedTask(row: ClaimRow): ClaimedTask {
  return {
    task: Number(row.task),
    fence: row.fence,
    job: row.job,
    kind: row.kind,
    parameters: row.parameters,
    configHash: row.config_hash,
    output: row.output,
    volume: row.volume,
    version: row.version,
    inputVersion: row.input_version ?? undefined,
    rerun: row.rerun,
    attempt: row.attempt,
    maxAttempts: row.max_attempts,
    maxPageFailureRate: row.max_page_failure_rate,
    partPages: row.part_pages,
    partMs: row.part_ms,
    parts: row.parts,
  };
}
