import { Client } from 'pg';
import { atMost } from '../frame/goal.ts';
import { row, type Measure, type Row } from '../frame/measure.ts';
import { median } from '../frame/statistics.ts';
import { fleetBatched, fleetSingly } from '../contenders/fleet.ts';
import { graphileBatched, graphileSingly } from '../contenders/graphile-worker.ts';
import type { QueueContext } from './context.ts';
import { type Circumstance, secondsToDrain, type Queue } from './drain.ts';

/**
 * How much slower a backlog is emptied while somebody's transaction keeps dead row versions from being
 * removed (a report, a dump, a forgotten psql).
 */
export const pinnedSnapshot: Measure<QueueContext> = {
  name: 'pinned-snapshot',
  async run(context) {
    const tasks = context.scaled(20_000);
    return [
      await compareSlowDown(context, 'batched', tasks, fleetBatched, graphileBatched),
      await compareSlowDown(context, 'one at a time', tasks, fleetSingly, graphileSingly),
    ];
  },
};

async function compareSlowDown(
  context: QueueContext,
  mode: string,
  tasks: number,
  ours: Queue,
  peer: Queue,
): Promise<Row> {
  const own: number[] = [];
  const others: number[] = [];
  // Two of three rounds that the drains get: every reading here is two drains.
  for (let round = 0; round < Math.max(1, context.rounds - 1); round += 1) {
    own.push(await slowDown(context, ours, tasks));
    others.push(await slowDown(context, peer, tasks));
  }
  return row({
    name: `slow-down under a pinned snapshot, ${mode}`,
    unit: '%',
    value: median(own),
    against: { name: peer.name, value: median(others) },
    ratio: null,
    goal: atMost(15),
  });
}

/** Per cent of the tasks a second that are lost. */
async function slowDown(context: QueueContext, queue: Queue, tasks: number): Promise<number> {
  const free = await secondsToDrain(context, queue, tasks);
  const pinned = await secondsToDrain(context, queue, tasks, underPinnedSnapshot);
  context.report(`${queue.name}: ${free.toFixed(1)} s free, ${pinned.toFixed(1)} s pinned`);
  return 100 * (1 - free / pinned);
}

const underPinnedSnapshot: Circumstance = async (url, drain) => {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query('begin isolation level repeatable read');
    // The first query takes the snapshot.
    await client.query('select 1');
    return await drain();
  } finally {
    await client.end();
  }
};
