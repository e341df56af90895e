import { describe, expect, it, onTestFinished } from 'vitest';
import { openDatabase } from '../../fleet/queue/database.ts';
import { migrate } from '../../fleet/queue/migrate/migrate.ts';
import { startOwnPostgres } from '../harness/postgres.ts';
import { until } from '../harness/until.ts';
import { fleetOn, quick, type TestFleet, testFleet, type WorkerProcess } from './fleet.ts';

const partsOf = async (fleet: TestFleet, task: number | undefined) =>
  (await fleet.rows('select from fleet.part where task = $1', task)).length;

/** A worker some parts into a volume, and a paused one that will succeed it. */
async function workerAndHeir(): Promise<{
  fleet: TestFleet;
  task: number;
  worker: WorkerProcess;
  heir: WorkerProcess;
  letHeirClaim: () => Promise<unknown>;
}> {
  const fleet = await testFleet();
  await fleet.job({ parameters: { pageMs: 50 }, part_pages: 3 });
  const [worker, heir] = [fleet.worker({ slots: 1 }), fleet.worker({ slots: 1 })];
  const setHeir = (state: string) =>
    fleet.rows('update fleet.worker set state = $1 where name = $2', state, heir.name);
  await Promise.all([worker.said('registered'), heir.said('registered')]);
  await setHeir('paused');
  const [task = 0] = await fleet.enqueue(1, 90);
  await until(async () => (await partsOf(fleet, task)) > 2);
  return { fleet, task, worker, heir, letHeirClaim: () => setHeir('active') };
}

describe('a worker that is killed in the middle of a volume', () => {
  it('is succeeded by another, which goes on after the last part', async () => {
    const { fleet, task, worker, heir, letHeirClaim } = await workerAndHeir();
    worker.signal('SIGKILL');
    const killed = Date.now();
    await worker.ended;
    const parts = await partsOf(fleet, task);
    await letHeirClaim();
    const claimed = await heir.said('claimed a task');
    expect(claimed['parts']).toBe(parts);
    // The lease, a sweep, and what a busy machine adds.
    expect(claimed.time - killed).toBeLessThan(quick.leaseMs + 5_000);
    await heir.said('the task is done');
    expect(await fleet.outcomes(task)).toEqual(['lost', 'done']);
    expect(await fleet.markers()).toHaveLength(1);
  });
});

describe('a worker that is frozen past its lease', () => {
  it('changes nothing when it wakes, gives its task up and works on as another', async () => {
    const { fleet, task, worker: zombie, heir, letHeirClaim } = await workerAndHeir();
    zombie.signal('SIGSTOP');
    await letHeirClaim();
    await heir.said('the task is done');
    const taskRow = () => fleet.rows('select * from fleet.task where id = $1', task);
    const before = await taskRow();
    zombie.signal('SIGCONT');
    await zombie.said('the task is not ours any more');
    await until(() => zombie.lines.filter(({ msg }) => msg === 'registered').length === 2);
    expect(await taskRow()).toEqual(before);
    expect(await fleet.outcomes(task)).toEqual(['lost', 'done']);
    expect(await fleet.markers()).toHaveLength(1);
  });
});

describe('a database that is killed in the middle', () => {
  it('costs no attempt: work goes on and is completed when it is back', async () => {
    const postgres = await startOwnPostgres();
    onTestFinished(() => postgres.remove());
    const url = postgres.tcpUrl;
    const schema = openDatabase({ url, applicationName: 'test', onError: () => undefined });
    await migrate(schema);
    await schema.close();
    const fleet = await fleetOn(url);
    await fleet.job({ parameters: { pageMs: 20 }, part_pages: 3 });
    const tasks = await fleet.enqueue(4, 60);
    const workers = [fleet.worker({ untilEmpty: true }), fleet.worker({ untilEmpty: true })];
    for (const worker of workers) await worker.said('claimed a task');
    await until(() => partsOf(fleet, tasks[0]));
    process.kill((await postgres.pid()) ?? 0, 'SIGQUIT');
    expect(await Promise.all(workers.map(({ ended }) => ended))).toEqual([0, 0]);
    const failures = workers.flatMap(({ lines }) => lines.filter(({ msg }) => /fail/.test(msg)));
    expect(failures).toEqual([]);
    for (const task of tasks) expect(await fleet.outcomes(task)).toEqual(['done']);
  });
});
