import { PgBoss } from 'pg-boss';
import type { Drainer, Queue } from '../queue/drain.ts';

const QUEUE = 'bench';
/** Its own limit of what one insert takes well. */
const INSERT_BATCH = 5_000;

export const pgBossBatched: Queue = {
  name: 'pg-boss',
  open: (url) => openPgBoss(url, { loops: 3, batch: 500 }),
};

async function openPgBoss(
  url: string,
  { loops, batch }: { readonly loops: number; readonly batch: number },
): Promise<Drainer> {
  // Its chores would only slow it down here.
  const boss = new PgBoss({ connectionString: url, max: loops, supervise: false, schedule: false });
  boss.on('error', () => undefined);
  await boss.start();
  await boss.createQueue(QUEUE);
  return {
    async fill(tasks) {
      for (let first = 0; first < tasks; first += INSERT_BATCH) {
        const size = Math.min(INSERT_BATCH, tasks - first);
        await boss.insert(
          QUEUE,
          Array.from({ length: size }, (_, index) => ({ data: { n: first + index } })),
        );
      }
    },
    async drain() {
      const began = performance.now();
      await Promise.all(Array.from({ length: loops }, () => work(boss, batch)));
      return (performance.now() - began) / 1000;
    },
    close: () => boss.stop({ graceful: false }),
  };
}

async function work(boss: PgBoss, batch: number): Promise<void> {
  for (;;) {
    const jobs = await boss.fetch(QUEUE, { batchSize: batch });
    if (jobs.length === 0) return;
    await Promise.all(jobs.map(() => noOperation()));
    await boss.complete(
      QUEUE,
      jobs.map((job) => job.id),
    );
  }
}

async function noOperation(): Promise<void> {}
