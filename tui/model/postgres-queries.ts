import type { Database } from '../../fleet/queue/database.ts';
import { sqlQuery } from '../../fleet/queue/queries/load.ts';
import type { DatabaseRow, FleetQueries, JobRow, WorkerRow } from './queries.ts';

/** The queries of `fleet top` over the views of the schema. */
export function postgresQueries(database: Database): FleetQueries {
  return {
    async database() {
      const [row] = await database.query<DatabaseRow & Record<string, unknown>>(
        sqlQuery('top_database'),
      );
      return row ?? { name: 'unknown', now: new Date(0).toISOString() };
    },
    jobs: () => database.query<JobRow & Record<string, unknown>>(sqlQuery('top_jobs')),
    workers: () => database.query<WorkerRow & Record<string, unknown>>(sqlQuery('top_workers')),
  };
}
