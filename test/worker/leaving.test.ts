import { describe, expect, it } from 'vitest';
import { until } from '../harness/until.ts';
import { type TestFleet, testFleet, type WorkerProcess } from './fleet.ts';

/** A worker in the middle of a volume that would take it half a minute. */
async function busyWorker(options = {}): Promise<{
  fleet: TestFleet;
  worker: WorkerProcess;
  task: number;
}> {
  const fleet = await testFleet();
  await fleet.job({ parameters: { pageMs: 100 }, part_pages: 1_000 });
  const [task = 0] = await fleet.enqueue(1, 600);
  const worker = fleet.worker({ graceMs: 10_000, ...options });
  await until(async () => (await fleet.rows('select from fleet.lease where pages > 3')).length);
  return { fleet, worker, task };
}

const partsOf = (fleet: TestFleet, task: number) =>
  fleet.rows<{ pages: number }>('select pages from fleet.part where task = $1', task);

describe('a worker that is told to leave', () => {
  it('commits what it has read, hands the task back uncounted and says farewell', async () => {
    const { fleet, worker, task } = await busyWorker();
    worker.signal('SIGTERM');
    expect(await worker.ended).toBe(0);
    expect(await fleet.outcomes(task)).toEqual(['interrupted']);
    const [row] = await fleet.rows('select state, failures from fleet.task where id = $1', task);
    expect(row).toEqual({ state: 'ready', failures: 0 });
    expect((await partsOf(fleet, task)).length).toBe(1);
    const [peer] = await fleet.rows('select state, reason from fleet.worker');
    expect(peer).toEqual({ state: 'stopped', reason: 'it got SIGTERM' });
    expect(await fleet.rows('select from fleet.lease')).toEqual([]);
  });

  it('finishes a volume that is nearly read', async () => {
    const fleet = await testFleet();
    await fleet.job({ parameters: { pageMs: 50 } });
    const [task = 0] = await fleet.enqueue(1, 40);
    const worker = fleet.worker({ graceMs: 60_000 });
    const url = async () =>
      (await fleet.rows<{ status_url: string }>('select status_url from fleet.worker'))[0]
        ?.status_url;
    await until(async () => {
      const answer = await fetch(`${await url()}/status`);
      const { tasks } = (await answer.json()) as { tasks: { pagesDone: number }[] };
      return (tasks[0]?.pagesDone ?? 0) > 5;
    });
    worker.signal('SIGINT');
    expect(await worker.ended).toBe(0);
    expect(await fleet.outcomes(task)).toEqual(['done']);
  });

  it('hands back at once at the second signal', async () => {
    const { fleet, worker, task } = await busyWorker({ graceMs: 600_000 });
    await fleet.database.query(
      `update fleet.job set parameters = '{"pageMs": 100}' where name = 'echo'`,
    );
    worker.signal('SIGTERM');
    await worker.said('leaving');
    worker.signal('SIGTERM');
    const asked = Date.now();
    expect(await worker.ended).toBe(0);
    expect(Date.now() - asked).toBeLessThan(5_000);
    expect(await fleet.outcomes(task)).toEqual(['interrupted']);
  });

  it('leaves when an operator drains it', async () => {
    const { fleet, worker, task } = await busyWorker();
    await fleet.database.query("update fleet.worker set state = 'draining', reason = 'repairs'");
    expect(await worker.ended).toBe(0);
    expect(await fleet.outcomes(task)).toEqual(['interrupted']);
    expect((await worker.said('leaving'))['reason']).toBe('repairs');
  });
});

describe('a paused worker', () => {
  it('finishes what it has, claims nothing, and goes on when it is resumed', async () => {
    const fleet = await testFleet();
    await fleet.job({ parameters: { pageMs: 30 } });
    await fleet.enqueue(2, 20);
    const worker = fleet.worker({ slots: 1 });
    await worker.said('claimed a task');
    await fleet.database.query("update fleet.worker set state = 'paused'");
    await worker.said('the task is done');
    const { status_url: url } = (await fleet.rows('select status_url from fleet.worker'))[0] ?? {};
    const status = await (await fetch(`${String(url)}/status`)).json();
    expect(status).toMatchObject({ state: 'idle', reason: 'paused' });
    expect(await fleet.states()).toEqual({ done: 1, ready: 1 });
    await fleet.database.query("update fleet.worker set state = 'active'");
    await until(async () => (await fleet.states())['done'] === 2);
  });
});
