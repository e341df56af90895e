import type { Database } from '../../../fleet/queue/database.ts';
import { claim } from '../../../fleet/queue/protocol/claim.ts';
import { complete } from '../../../fleet/queue/protocol/finish.ts';
import { sweep } from '../../../fleet/queue/protocol/sweep.ts';
import type { Drainer, Queue } from '../queue/drain.ts';
import { createJob, fillTasks, openFleetDatabase, registerWorker } from './fleet-database.ts';

/** A third connection keeps two cores busy while the others wait for the disk. */
export const fleetBatched: Queue = {
  name: 'fleet',
  open: (url) => openFleet(url, { loops: 3, batch: 500 }),
};

/** One claim and one completion a task. */
export const fleetSingly: Queue = {
  name: 'fleet',
  open: (url) => openFleet(url, { loops: 24, batch: 1 }),
};

interface Shape {
  /** Claim, run, complete; each loop on a connection of its own. */
  readonly loops: number;
  /** Tasks a claim. */
  readonly batch: number;
}

/** How often a worker of a small fleet does the chores, milliseconds. */
const SWEEP_INTERVAL_MS = 500;

async function openFleet(url: string, { loops, batch }: Shape): Promise<Drainer> {
  const database = await openFleetDatabase(url, loops + 1);
  const job = await createJob(database);
  const worker = await registerWorker(database, { slots: loops * batch });
  return {
    fill: (tasks) => fillTasks(database, job, tasks),
    async drain() {
      const began = performance.now();
      const chores = setInterval(() => void sweep(database, worker), SWEEP_INTERVAL_MS);
      await Promise.all(Array.from({ length: loops }, () => work(database, worker, batch)));
      clearInterval(chores);
      return (performance.now() - began) / 1000;
    },
    close: () => database.close(),
  };
}

async function work(database: Database, worker: number, batch: number): Promise<void> {
  for (;;) {
    const claimed = await claim(database, worker, batch);
    if (claimed.length === 0) return;
    await Promise.all(claimed.map(() => noOperation()));
    await complete(
      database,
      worker,
      claimed.map(({ task, fence }) => ({ task, fence, figures: {} })),
    );
  }
}

async function noOperation(): Promise<void> {}
