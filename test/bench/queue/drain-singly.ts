import type { Measure } from '../frame/measure.ts';
import { fleetSingly } from '../contenders/fleet.ts';
import { graphileSingly } from '../contenders/graphile-worker.ts';
import type { QueueContext } from './context.ts';
import { measureDrain } from './drain.ts';

/** The same, one claim and one completion a task, 24 at a time: what tasks of minutes come to. */
export const drainSingly: Measure<QueueContext> = {
  name: 'drain-singly',
  run: async (context) => [
    await measureDrain(
      context,
      { name: 'drain-singly', tasks: context.scaled(6_000), factor: 1.25 },
      fleetSingly,
      [graphileSingly],
    ),
  ],
};
