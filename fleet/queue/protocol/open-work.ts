import type { Database } from '../database.ts';

/** Tasks that are ready (now or later) or running, on any worker, of what this one could do. */
export async function countOpenWork(database: Database, worker: number): Promise<number> {
  const [row] = await database.query<{ tasks: string }>('select fleet.open_work($1) as tasks', [
    worker,
  ]);
  return Number(row?.tasks ?? 0);
}
