import type { Database } from '../database.ts';
import { sqlQuery } from './load.ts';

/** States from which a redrive takes tasks. */
type Ended = 'dead' | 'cancelled';

export interface RedrivableGroup {
  readonly state: Ended;
  readonly code: string | null;
  readonly tasks: number;
  readonly example: string | null;
}

/** What a redrive would send back, by cause. */
export async function redrivable(
  database: Database,
  job: string,
  states: readonly Ended[],
): Promise<readonly RedrivableGroup[]> {
  return database.query<RedrivableGroup & Record<string, unknown>>(sqlQuery('redrivable'), [
    job,
    states,
  ]);
}

/** Sends them back; returns how many. Throws `PARAMETER_INVALID` when there is no such job. */
export async function redrive(
  database: Database,
  job: string,
  states: readonly Ended[],
): Promise<number> {
  const [row] = await database.query<{ redrive: string }>('select fleet.redrive($1, $2)', [
    job,
    states,
  ]);
  return Number(row?.redrive);
}
