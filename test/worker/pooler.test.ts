import { describe, expect, it } from 'vitest';
import { havePrograms } from '../harness/debian-packages.ts';
import { startPooler } from '../harness/pooler.ts';
import { testFleet } from './fleet.ts';

const present = await havePrograms(['pgbouncer'], ['pgbouncer']);
if (!present) {
  const sentence = 'pgbouncer is not installed and could not be: apt-get install pgbouncer';
  if (process.env['CI']) throw new Error(sentence);
  console.warn(`Workers behind a transaction pooler are not tested: ${sentence}`);
}

describe.skipIf(!present)('behind a transaction pooler a worker', () => {
  it('does its work by polling', async () => {
    const fleet = await testFleet();
    await fleet.job();
    await fleet.enqueue(3, 4);
    const worker = fleet.worker({
      databaseUrl: await startPooler(fleet.url),
      databaseRole: undefined,
      listen: false,
      untilEmpty: true,
    });

    expect(await worker.ended).toBe(0);
    expect(await fleet.states()).toEqual({ done: 3 });
  });

  it('that was not told so says what to do', async () => {
    const fleet = await testFleet();
    const worker = fleet.worker({
      databaseUrl: await startPooler(fleet.url),
      databaseRole: undefined,
    });

    const line = await worker.said('Postgres: unsupported startup parameter: statement_timeout');
    expect(JSON.stringify(line)).toContain('FLEET_LISTEN=false');
    worker.signal('SIGTERM');
    await worker.ended;
  });
});
