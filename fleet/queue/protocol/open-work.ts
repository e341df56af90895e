import type { Database } from '../database.ts';

/** Tasks of active jobs of these kinds that are ready (now or later) or running, on any worker. */
export async function countOpenWork(database: Database, kinds: readonly string[]): Promise<number> {
  const [row] = await database.query<{ tasks: string }>(
    `select coalesce(sum(ready + running), 0) as tasks from fleet.progress
     where state = 'active' and kind = any ($1)`,
    [kinds],
  );
  return Number(row?.tasks ?? 0);
}
