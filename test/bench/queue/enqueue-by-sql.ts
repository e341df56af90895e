import { openDatabase } from '../../../fleet/queue/database.ts';
import { runMigrations } from 'graphile-worker';
import { compare } from '../frame/alternate.ts';
import { atLeast } from '../frame/goal.ts';
import { row, type Measure } from '../frame/measure.ts';
import { createJob, fillTasks, openFleetDatabase } from '../contenders/fleet-database.ts';
import { FILL_GRAPHILE, silentLogger } from '../contenders/graphile-worker.ts';
import type { QueueContext } from './context.ts';

/** A large job enqueued by one statement, as a person would write it in psql. */
export const enqueueBySql: Measure<QueueContext> = {
  name: 'enqueue-by-sql',
  async run(context) {
    const tasks = context.scaled(1_000_000);
    const unit = 'tasks/s';
    const comparison = await compare(
      context,
      unit,
      { name: 'fleet', read: () => context.withDatabase((url) => enqueueFleet(url, tasks)) },
      [
        {
          name: 'graphile-worker',
          read: () => context.withDatabase((url) => enqueueGraphile(url, tasks)),
        },
      ],
    );
    const name = `enqueue ${tasks.toLocaleString('en')} tasks by one statement`;
    return [row({ name, unit, ...comparison, goal: atLeast(100_000) })];
  },
};

async function enqueueFleet(url: string, tasks: number): Promise<number> {
  const database = await openFleetDatabase(url, 1);
  try {
    const job = await createJob(database);
    const began = performance.now();
    await fillTasks(database, job, tasks);
    return tasks / ((performance.now() - began) / 1000);
  } finally {
    await database.close();
  }
}

async function enqueueGraphile(url: string, tasks: number): Promise<number> {
  await runMigrations({ connectionString: url, logger: silentLogger });
  const database = openDatabase({ url, applicationName: 'graphile bench', size: 1 });
  try {
    const began = performance.now();
    await database.query(FILL_GRAPHILE, [tasks]);
    return tasks / ((performance.now() - began) / 1000);
  } finally {
    await database.close();
  }
}
