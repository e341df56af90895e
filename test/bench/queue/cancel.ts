import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import type { Database } from '../../../fleet/queue/database.ts';
import { createListener } from '../../../fleet/queue/listen/listener.ts';
import { claim, type ClaimedTask } from '../../../fleet/queue/protocol/claim.ts';
import { startHeart } from '../../../fleet/worker/heartbeat/heart.ts';
import { monotonic } from '../../../fleet/worker/heartbeat/gauges.ts';
import { workerOptionsSchema } from '../../../fleet/worker/options.ts';
import { atMost } from '../frame/goal.ts';
import { row, type Measure, type Row } from '../frame/measure.ts';
import { percentile } from '../frame/statistics.ts';
import {
  createJob,
  fillTasks,
  openFleetDatabase,
  registerWorker,
} from '../contenders/fleet-database.ts';
import type { QueueContext } from './context.ts';

/** From an operator's UPDATE on its way until the signal of the running handler fires. */
export const cancel: Measure<QueueContext> = {
  name: 'cancel',
  run: (context) => context.withDatabase((url) => measure(context, url)),
};

const { beatMs, leaseMs } = workerOptionsSchema.parse({ databaseUrl: '-', cacheDir: '-' });

async function measure(context: QueueContext, url: string): Promise<readonly Row[]> {
  const tasks = context.scaled(200);
  const database = await openFleetDatabase(url, 4);
  try {
    const job = await createJob(database);
    await fillTasks(database, job, 2 * tasks);
    const heard = await cancelAll(url, database, { tasks, listen: true });
    const unheard = await cancelAll(url, database, { tasks, listen: false });
    return [
      row({
        name: 'cancel → signal aborted, p99, with NOTIFY',
        unit: 'ms',
        value: percentile(heard, 0.99),
        goal: atMost(100),
      }),
      row({
        name: 'cancel → signal aborted, p99, without',
        unit: 'ms',
        value: percentile(unheard, 0.99),
        // A beat is up to a tenth late, not to come all together.
        goal: atMost(beatMs * 1.1),
      }),
    ];
  } finally {
    await database.close();
  }
}

interface Cancellations {
  readonly tasks: number;
  readonly listen: boolean;
}

/** A worker with all the tasks running; they are cancelled one by one. Gives milliseconds. */
async function cancelAll(
  url: string,
  database: Database,
  { tasks, listen }: Cancellations,
): Promise<readonly number[]> {
  const sentAt = monotonic();
  const worker = await registerWorker(database, { slots: tasks, ttlMs: leaseMs });
  const aborted = new Map<number, (at: number) => void>();
  const heart = startHeart({ url, applicationName: 'fleet bench heart', beatMs, leaseMs });
  heart.events.on('beat', ({ cancelled }) => {
    for (const held of cancelled) {
      aborted.get(held.task)?.(performance.now());
      heart.drop(held);
    }
  });
  heart.register(worker, sentAt);
  const running = await claim(database, worker, tasks);
  for (const task of running) heart.hold(task);
  const deaf = listen ? await hear(url, database, () => heart.beat()) : () => undefined;
  try {
    return await Promise.all(
      running.map((task, index) => cancelOne(database, aborted, task, index)),
    );
  } finally {
    deaf();
    await heart.stop();
  }
}

/** The tasks are cancelled at moments spread over several beats. */
async function cancelOne(
  database: Database,
  aborted: Map<number, (at: number) => void>,
  { task }: ClaimedTask,
  index: number,
): Promise<number> {
  await sleep(index * 37);
  const abort = new Promise<number>((resolve) => aborted.set(task, resolve));
  const began = performance.now();
  await database.query("update fleet.task set state = 'cancelled' where id = $1", [task]);
  return (await abort) - began;
}

/** Returns how to stop listening. */
async function hear(url: string, database: Database, onControl: () => void): Promise<() => void> {
  const stop = new AbortController();
  await new Promise<void>((resolve) => {
    createListener({
      url,
      applicationName: 'fleet bench listener',
      notify: async (channel, payload) => {
        await database.query('select pg_notify($1, $2)', [channel, payload]);
      },
      onReady: () => undefined,
      onControl,
      onConnected: resolve,
      signal: stop.signal,
      log: pino({ level: 'silent' }),
    });
  });
  return () => stop.abort();
}
