import type { Database } from '../database.ts';

/**
 * Hands back the tasks that `worker` holds without knowing, because the answer to a claim was lost
 * (sql/functions/05_disown.sql). `known`: those that it knows of. Returns the others.
 */
export async function disown(
  database: Database,
  worker: number,
  known: readonly number[],
): Promise<readonly number[]> {
  const rows = await database.query<{ disown: string }>('select fleet.disown($1, $2)', [
    worker,
    known,
  ]);
  return rows.map((row) => Number(row.disown));
}
