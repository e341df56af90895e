import { expect, it } from 'vitest';
import { z } from 'zod';
import { claim } from '../../fleet/queue/protocol/claim.ts';
import { complete } from '../../fleet/queue/protocol/finish.ts';
import { postgresQueries } from '../../tui/model/postgres-queries.ts';
import { jobRowSchema, workerRowSchema } from '../../tui/model/queries.ts';
import { useSchema } from '../queue/schema.ts';

const schema = useSchema();

it('gives rows of the form that the view of the fleet is made from', async () => {
  const job = await schema.job('shown');
  await schema.task(job);
  await schema.task(job);
  const worker = await schema.worker();
  const [first] = await claim(schema.database, worker, 1);
  await complete(
    schema.database,
    worker,
    first ? [{ ...first, figures: { pages: 30, failed: 2 } }] : [],
  );
  await claim(schema.database, worker, 1);
  const queries = postgresQueries(schema.database);
  const { signal } = new AbortController();

  const jobs = z.array(jobRowSchema).parse(await queries.jobs(signal));
  const workers = z.array(workerRowSchema).parse(await queries.workers(signal));
  const { name, now } = await queries.database(signal);

  expect(jobs).toMatchObject([
    {
      name: 'shown',
      tasks: { ready: 0, running: 1, done: 1 },
      pagesDone: 30,
      pagesFailed: 2,
      pagesKnown: 30,
      tasksSized: 1,
    },
  ]);
  expect(workers).toMatchObject([{ id: worker, state: 'active', tasksRunning: 1, slots: 2 }]);
  expect(name).toMatch(/^test_/);
  expect(Math.abs(Date.now() - Date.parse(now))).toBeLessThan(60_000);
});
