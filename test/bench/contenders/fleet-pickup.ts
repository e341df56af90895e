import type { Pickup } from '../queue/pickup.ts';
import { createJob, openFleetDatabase } from './fleet-database.ts';
import { startListeningWorker } from './listening-worker.ts';

export async function openFleetPickup(url: string): Promise<Pickup> {
  const database = await openFleetDatabase(url, 4);
  const job = await createJob(database);
  let started: (at: number) => void = () => undefined;
  const worker = await startListeningWorker(url, database, () => started(performance.now()));
  await worker.listening;
  let serial = 0;
  return {
    async pickUp() {
      serial += 1;
      const start = new Promise<number>((resolve) => {
        started = resolve;
      });
      const began = performance.now();
      await database.query('insert into fleet.task (job, volume) values ($1, $2)', [
        job,
        `s3://bench/${serial}/`,
      ]);
      return (await start) - began;
    },
    async close() {
      await worker.stop();
      await database.close();
    },
  };
}
