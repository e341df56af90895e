import type { Measure } from '../frame/measure.ts';
import { fleetBatched } from '../contenders/fleet.ts';
import { graphileBatched } from '../contenders/graphile-worker.ts';
import { pgBossBatched } from '../contenders/pg-boss.ts';
import type { QueueContext } from './context.ts';
import { measureDrain } from './drain.ts';

/** A backlog of tasks that do nothing, emptied by claims and completions of many at once. */
export const drainBatched: Measure<QueueContext> = {
  name: 'drain-batched',
  run: async (context) => [
    await measureDrain(
      context,
      { name: 'drain-batched', tasks: context.scaled(60_000), factor: 1.25 },
      fleetBatched,
      [graphileBatched, pgBossBatched],
    ),
  ],
};
