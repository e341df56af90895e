import type pg from 'pg';
import type { Database } from '../../../fleet/queue/database.ts';
import { createJob } from '../contenders/fleet-database.ts';

/** Weight and number of jobs; what the ready tasks are spread over unevenly. */
const APPLICATIONS = [
  { name: 'museum', weight: 1, jobs: 2, share: 0.7 },
  { name: 'archive', weight: 2, jobs: 2, share: 0.2 },
  { name: 'library', weight: 5, jobs: 3, share: 0.09 },
  { name: 'school', weight: 1, jobs: 1, share: 0.01 },
] as const;

/**
 * A task table that has been in use for years, in minutes: the rows are written by the tables' owner
 * with the rules switched off and the indexes made afterwards; what the rules would have written (the
 * tallies) is written too.
 */
export async function buildHistory(
  database: Database,
  { ready, finished }: { readonly ready: number; readonly finished: number },
): Promise<void> {
  for (const { name, weight, jobs } of APPLICATIONS) {
    await database.query('insert into fleet.application (name, weight) values ($1, $2)', [
      name,
      weight,
    ]);
    for (let job = 1; job <= jobs; job += 1) await createJob(database, `${name}/job-${job}`);
  }
  await database.transaction(async (client) => {
    await client.query('alter table fleet.task disable trigger user');
    const definitions = await dropIndexes(client);
    for (const { name, jobs, share } of APPLICATIONS) {
      const size = { finished: Math.round(finished * share), ready: Math.round(ready * share) };
      await client.query(INSERT_TASKS, [name, jobs, size.finished, size.finished + size.ready]);
    }
    await client.query("set local maintenance_work_mem = '1GB'");
    for (const definition of definitions) await client.query(definition);
    await client.query(INSERT_TALLIES);
    await client.query('alter table fleet.task enable trigger user');
  });
}

const INSERT_TASKS = `
  insert into fleet.task (job, volume, state, size, attempt, fence, claimed_at, finished_at, pages, pages_failed)
  select $1 || '/job-' || 1 + n % $2::integer, 's3://bench/' || $1 || '/' || n || '/',
         case when done then 'done' else 'ready' end, 1 + n * 7919::bigint % 500,
         done::integer, case when done then nextval('fleet.fence') end,
         case when done then now() - interval '1 hour' end, case when done then now() end,
         case when done then 1 + n * 7919::bigint % 500 end, case when done then 0 end
  from (select n, n <= $3::integer as done from generate_series(1, $4::integer) n) task`;

const INSERT_TALLIES = `
  insert into fleet.tally (job, state, tasks, pages, sized)
  select job, state, count(*), coalesce(sum(pages), 0), count(pages) from fleet.task group by job, state`;

/** All but the primary key's; gives what makes them again. */
async function dropIndexes(client: pg.ClientBase): Promise<readonly string[]> {
  const { rows } = await client.query<{ name: string; definition: string }>(
    `select format('%I.%I', schemaname, indexname) as name, indexdef as definition
     from pg_indexes where schemaname = 'fleet' and tablename = 'task' and indexname <> 'task_pkey'`,
  );
  for (const { name } of rows) await client.query(`drop index ${name}`);
  return rows.map(({ definition }) => definition);
}
