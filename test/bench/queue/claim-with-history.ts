import { claim } from '../../../fleet/queue/protocol/claim.ts';
import type { Database } from '../../../fleet/queue/database.ts';
import { atMost, ratioAtMost } from '../frame/goal.ts';
import { row, type Measure, type Row } from '../frame/measure.ts';
import { median } from '../frame/statistics.ts';
import { openFleetDatabase, registerWorker } from '../contenders/fleet-database.ts';
import type { QueueContext } from './context.ts';
import { buildHistory } from './history.ts';

const BLOCKS = 20;
const CLAIMS_A_BLOCK = 25;

/** Does a claim cost more when millions of tasks are done? With several applications to share among. */
export const claimWithHistory: Measure<QueueContext> = {
  name: 'claim-with-history',
  run: (context) =>
    context.withDatabase((empty) =>
      context.withDatabase((long) => measure(context, { empty, long })),
    ),
};

async function measure(
  context: QueueContext,
  urls: { readonly empty: string; readonly long: string },
): Promise<readonly Row[]> {
  const ready = context.scaled(1_000_000);
  const finished = context.scaled(10_000_000);
  const empty = await openClaimant(context, urls.empty, { ready, finished: 0 });
  const long = await openClaimant(context, urls.long, { ready, finished });
  try {
    const ratios: number[] = [];
    const all = { empty: [] as number[], long: [] as number[] };
    for (let block = -1; block < BLOCKS; block += 1) {
      context.signal.throwIfAborted();
      const cost = { empty: await claimBlock(empty), long: await claimBlock(long) };
      // The first block plans the statements.
      if (block < 0) continue;
      ratios.push(median(cost.long) / median(cost.empty));
      all.empty.push(...cost.empty);
      all.long.push(...cost.long);
    }
    return [
      row({
        name: `claim p50, ${count(ready)} ready + ${count(finished)} finished`,
        unit: 'ms',
        value: median(all.long),
        goal: atMost(1),
      }),
      row({
        name: 'claim p50 beside an empty history',
        unit: 'ms',
        value: median(all.long),
        against: { name: 'no history', value: median(all.empty) },
        ratio: median(ratios),
        goal: ratioAtMost(1.3),
      }),
    ];
  } finally {
    await empty.database.close();
    await long.database.close();
  }
}

interface Claimant {
  readonly database: Database;
  readonly worker: number;
}

async function openClaimant(
  context: QueueContext,
  url: string,
  size: { readonly ready: number; readonly finished: number },
): Promise<Claimant> {
  const database = await openFleetDatabase(url, 1);
  context.report(`building ${count(size.ready)} ready and ${count(size.finished)} finished tasks`);
  await buildHistory(database, size);
  await context.settle(url);
  const worker = await registerWorker(database, { slots: 1 });
  return { database, worker };
}

/** Milliseconds of each claim of one task. */
async function claimBlock({ database, worker }: Claimant): Promise<readonly number[]> {
  const costs: number[] = [];
  for (let index = 0; index < CLAIMS_A_BLOCK; index += 1) {
    const began = performance.now();
    await claim(database, worker, 1);
    costs.push(performance.now() - began);
  }
  return costs;
}

function count(tasks: number): string {
  return tasks.toLocaleString('en');
}
