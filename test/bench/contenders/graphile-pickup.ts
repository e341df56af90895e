import { run, runMigrations } from 'graphile-worker';
import { openDatabase } from '../../../fleet/queue/database.ts';
import type { Pickup } from '../queue/pickup.ts';
import { openGraphilePool, silentLogger } from './graphile-worker.ts';

export async function openGraphilePickup(url: string): Promise<Pickup> {
  await runMigrations({ connectionString: url, logger: silentLogger });
  const database = openDatabase({ url, applicationName: 'graphile bench', size: 1 });
  const pool = openGraphilePool(url, 4);
  let started: (at: number) => void = () => undefined;
  const runner = await run({
    pgPool: pool,
    logger: silentLogger,
    concurrency: 4,
    pollInterval: 60_000,
    noHandleSignals: true,
    taskList: { bench: async () => started(performance.now()) },
  });
  return {
    async pickUp() {
      const start = new Promise<number>((resolve) => {
        started = resolve;
      });
      const began = performance.now();
      await database.query("select graphile_worker.add_job('bench')");
      return (await start) - began;
    },
    async close() {
      await runner.stop();
      await pool.end();
      await database.close();
    },
  };
}
