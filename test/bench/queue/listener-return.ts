import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import type { Database } from '../../../fleet/queue/database.ts';
import { createListener } from '../../../fleet/queue/listen/listener.ts';
import { openTcpProxy } from '../../chaos/tcp-proxy.ts';
import { until } from '../../harness/until.ts';
import { atMost } from '../frame/goal.ts';
import { row, type Measure, type Row } from '../frame/measure.ts';
import { createJob, openFleetDatabase } from '../contenders/fleet-database.ts';
import type { QueueContext } from './context.ts';

const LISTENERS = 8;
const OUTAGE_MS = 6_000;

/** How long listeners know nothing of new tasks after their connection was lost, or went dead in silence. */
export const listenerReturn: Measure<QueueContext> = {
  name: 'listener-return',
  run: (context) => context.withDatabase((url) => measure(context, url)),
};

async function measure({ postgres }: QueueContext, url: string): Promise<readonly Row[]> {
  const database = await openFleetDatabase(url, 2);
  const port = Number(new URL(postgres.tcpUrl ?? '').port);
  const proxy = await openTcpProxy(port);
  const stop = new AbortController();
  try {
    const job = await createJob(database);
    const proxied = new URL(postgres.tcpUrl ?? '');
    proxied.port = String(proxy.port);
    proxied.pathname = new URL(url, 'postgresql://').pathname;
    const listeners = Array.from({ length: LISTENERS }, () =>
      listen(proxied.href, database, stop.signal),
    );
    await until(() => listeners.every(({ state }) => state() === 'listening'));

    proxy.set('refuse');
    proxy.cut();
    await sleep(OUTAGE_MS / 2);
    await enqueue(database, job, 'during the outage');
    await sleep(OUTAGE_MS / 2);
    proxy.set('pass');
    const afterOutage = await untilAllHaveSeen(listeners, 1);

    await until(() => listeners.every(({ state }) => state() === 'listening'));
    proxy.strand();
    await enqueue(database, job, 'into the void');
    const afterStranding = await untilAllHaveSeen(listeners, 2);

    const name = `last of ${LISTENERS} listeners back`;
    return [
      row({
        name: `${name} after a 6 s outage`,
        unit: 'ms',
        value: afterOutage,
        goal: atMost(2_000),
      }),
      row({
        name: `${name} from a half-open socket`,
        unit: 'ms',
        value: afterStranding,
        goal: atMost(15_000),
      }),
    ];
  } finally {
    stop.abort();
    proxy.close();
    await database.close();
  }
}

interface Listening {
  readonly state: () => string;
  /** Tasks that it found when it looked last. */
  readonly seen: () => number;
}

/** Looks for tasks when it is told to and on every connect, as a worker does; it never polls. */
function listen(url: string, database: Database, signal: AbortSignal): Listening {
  let seen = 0;
  const look = async (): Promise<void> => {
    const [row] = await database.query<{ count: number }>(
      'select count(*)::integer as count from fleet.task',
    );
    seen = Math.max(seen, row?.count ?? 0);
  };
  const listener = createListener({
    url,
    applicationName: 'fleet bench listener',
    notify: async (channel, payload) => {
      await database.query('select pg_notify($1, $2)', [channel, payload]);
    },
    onReady: () => void look(),
    onControl: () => undefined,
    onConnected: () => void look(),
    signal,
    log: pino({ level: 'silent' }),
  });
  return { state: () => listener.state, seen: () => seen };
}

async function enqueue(database: Database, job: string, when: string): Promise<void> {
  await database.query('insert into fleet.task (job, volume) values ($1, $2)', [
    job,
    `s3://bench/${when}/`,
  ]);
}

/** Milliseconds until the last of them knows of all the tasks. */
async function untilAllHaveSeen(listeners: readonly Listening[], tasks: number): Promise<number> {
  const began = performance.now();
  await until(() => listeners.every(({ seen }) => seen() >= tasks), {
    what: `${tasks} tasks seen by all listeners`,
    timeoutMs: 60_000,
  });
  return performance.now() - began;
}
