import { expect, it, onTestFinished } from 'vitest';
import { openDatabase } from '../../fleet/queue/database.ts';
import { Claimer } from '../../fleet/worker/claimer.ts';
import { startTcpProxy } from '../chaos/tcp-proxy.ts';
import { until } from '../harness/until.ts';
import { openTestDatabase, registerWorker, startRig } from './heartbeat-rig.ts';

it('a claim whose answer is lost leaves no task held that nobody works on', async () => {
  const { url, database } = await openTestDatabase();
  const { heart } = startRig(url, { leaseMs: 60_000, beatMs: 1_000 });
  const worker = await registerWorker(database, heart, 60_000);
  await database.query(
    "insert into fleet.job (name, kind, output) values ('j', 'echo', 'file:///tmp/out/')",
  );
  const proxy = await startTcpProxy(Number(new URL(url).port));
  const proxied = openDatabase({
    url: url.replace(/:\d+\//, `:${proxy.port}/`),
    applicationName: 'test',
    onError: () => undefined,
  });
  onTestFinished(() => proxied.close());
  const disowned: number[] = [];
  const claimer = new Claimer({
    database: proxied,
    known: () => [],
    statementMs: 0,
    onDisowned: (tasks) => disowned.push(...tasks),
  });
  expect(await claimer.claim(worker, 1)).toEqual([]);

  await database.query("insert into fleet.task (job, volume) values ('j', 's3://scans/v1/')");
  proxy.set('mute');
  const unanswered = claimer.claim(worker, 1).catch((error: Error) => error);
  const state = async () => (await database.query('select id, state from fleet.task'))[0];
  await until(async () => (await state())?.['state'] === 'running');
  proxy.set('pass');
  proxy.cut();
  expect(await unanswered).toMatchObject({ code: 'DATABASE_UNREACHABLE' });

  const [again] = await claimer.claim(worker, 1);
  expect(again).toMatchObject({ task: disowned[0], attempt: 2 });
  const attempts = await database.query('select outcome from fleet.attempt');
  expect(attempts).toEqual([{ outcome: 'interrupted' }]);
});
