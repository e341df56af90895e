import { pino } from 'pino';
import type { Database } from '../../../fleet/queue/database.ts';
import { createListener } from '../../../fleet/queue/listen/listener.ts';
import { claim, type ClaimedTask } from '../../../fleet/queue/protocol/claim.ts';
import { complete } from '../../../fleet/queue/protocol/finish.ts';
import { Alarm } from '../../../fleet/worker/alarm.ts';
import { claimLoop } from '../../../fleet/worker/claim-loop.ts';
import { registerWorker } from './fleet-database.ts';

const SLOTS = 4;
/** So seldom that what is measured is the notification. */
const POLL_MS = 60_000;

/** The listening and claiming half of a worker, without pages to read. */
export interface ListeningWorker {
  /** Resolves when the listener is connected and proven. */
  readonly listening: Promise<void>;
  stop(): Promise<void>;
}

/** Claims what is announced and calls `start` with each task; the task is done when it returns. */
export async function startListeningWorker(
  url: string,
  database: Database,
  start: (task: ClaimedTask) => void,
): Promise<ListeningWorker> {
  const stopped = new AbortController();
  const { signal } = stopped;
  const log = pino({ level: 'silent' });
  const worker = await registerWorker(database, { slots: SLOTS });
  const alarm = new Alarm();
  const { promise: listening, resolve } = Promise.withResolvers<void>();
  const listener = createListener({
    url,
    applicationName: 'fleet bench listener',
    notify: async (channel, payload) => {
      await database.query('select pg_notify($1, $2)', [channel, payload]);
    },
    onReady: () => alarm.ring(),
    onControl: () => undefined,
    onConnected: () => {
      alarm.ring();
      resolve();
    },
    signal,
    log,
  });
  let running = 0;
  const take = async (task: ClaimedTask): Promise<void> => {
    running += 1;
    start(task);
    await complete(database, worker, [{ ...task, figures: {} }]);
    running -= 1;
    alarm.ring();
  };
  const loop = claimLoop(
    {
      alarm,
      async fill() {
        if (running === SLOTS) return 0;
        const tasks = await claim(database, worker, SLOTS - running);
        for (const task of tasks) void take(task);
        return tasks.length;
      },
    },
    { pollMinMs: POLL_MS, pollMaxMs: POLL_MS, log, signal },
  );
  return {
    listening,
    async stop() {
      stopped.abort();
      await Promise.all([listener.finished, loop]);
    },
  };
}
