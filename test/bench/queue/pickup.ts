import { setTimeout as sleep } from 'node:timers/promises';
import { atMost } from '../frame/goal.ts';
import { row, type Measure, type Row } from '../frame/measure.ts';
import { percentile } from '../frame/statistics.ts';
import { openFleetPickup } from '../contenders/fleet-pickup.ts';
import { openGraphilePickup } from '../contenders/graphile-pickup.ts';
import type { QueueContext } from './context.ts';

/** An idle queue with a worker that listens. */
export interface Pickup {
  /** Enqueues one task; gives the milliseconds until its handler has started. */
  pickUp(): Promise<number>;
  close(): Promise<void>;
}

const BLOCK = 20;

/** From the INSERT on its way until the handler of an idle worker runs. */
export const pickup: Measure<QueueContext> = {
  name: 'pickup',
  run: (context) =>
    context.withDatabase((ours) =>
      context.withDatabase((theirs) => measure(context, ours, theirs)),
    ),
};

async function measure(context: QueueContext, ours: string, theirs: string): Promise<Row[]> {
  const fleet = await openFleetPickup(ours);
  const graphile = await openGraphilePickup(theirs);
  const latencies = { fleet: [] as number[], graphile: [] as number[] };
  try {
    await pickUpBlock(fleet);
    await pickUpBlock(graphile);
    for (let blocks = context.scaled(15); blocks > 0; blocks -= 1) {
      context.signal.throwIfAborted();
      latencies.fleet.push(...(await pickUpBlock(fleet)));
      latencies.graphile.push(...(await pickUpBlock(graphile)));
    }
  } finally {
    await fleet.close();
    await graphile.close();
  }
  return [
    { share: 0.5, limit: 3 },
    { share: 0.99, limit: 10 },
  ].map(({ share, limit }) =>
    row({
      name: `enqueue → handler start, p${share * 100}`,
      unit: 'ms',
      value: percentile(latencies.fleet, share),
      against: { name: 'graphile-worker', value: percentile(latencies.graphile, share) },
      goal: atMost(limit),
    }),
  );
}

/** One at a time, at moments that have nothing to do with the last task's end. */
async function pickUpBlock(queue: Pickup): Promise<readonly number[]> {
  const latencies: number[] = [];
  for (let index = 0; index < BLOCK; index += 1) {
    await sleep(5 + Math.random() * 20);
    latencies.push(await queue.pickUp());
  }
  return latencies;
}
