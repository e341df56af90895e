import type { Database } from '../database.ts';
import { sqlQuery } from './load.ts';

/** Failed and lost attempts of one cause. Counts are decimal strings. */
export interface TroubleRow {
  readonly job: string;
  readonly code: string | null;
  readonly stage: string | null;
  readonly outcome: 'failed' | 'lost';
  readonly attempts: string;
  readonly tasks: string;
  readonly last: Date;
  readonly example: string | null;
  readonly example_task: string;
}

export async function listTrouble(
  database: Database,
  filter: {
    readonly job?: string | undefined;
    /** A Postgres interval: `1 hour`. */
    readonly since?: string | undefined;
    readonly limit: number;
  },
): Promise<readonly TroubleRow[]> {
  return database.query<TroubleRow & Record<string, unknown>>(sqlQuery('trouble_list'), [
    filter.job ?? null,
    filter.since ?? null,
    filter.limit,
  ]);
}
