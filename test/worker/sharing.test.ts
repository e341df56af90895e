import { expect, it } from 'vitest';
import { until } from '../harness/until.ts';
import { testFleet } from './fleet.ts';

it('two workers share twenty volumes, each done exactly once', async () => {
  const fleet = await testFleet();
  await fleet.job({ parameters: { pageMs: 20 } });
  const tasks = await fleet.enqueue(20, 3);
  const workers = [fleet.worker({ untilEmpty: true }), fleet.worker({ untilEmpty: true })];
  expect(await Promise.all(workers.map(({ ended }) => ended))).toEqual([0, 0]);
  expect(await fleet.states()).toEqual({ done: 20 });
  const attempts = await fleet.rows<{ task: string; worker_name: string; outcome: string }>(
    'select task, worker_name, outcome from fleet.attempt',
  );
  expect(attempts).toHaveLength(tasks.length);
  expect(new Set(attempts.map(({ task }) => task)).size).toBe(tasks.length);
  expect(new Set(attempts.map(({ worker_name }) => worker_name)).size).toBe(2);
  expect(await fleet.markers()).toHaveLength(20);
});

it('picks up work by polling alone', async () => {
  const fleet = await testFleet();
  await fleet.job();
  const worker = fleet.worker({ listen: false });
  await worker.said('registered');
  await fleet.enqueue(1, 2);
  await worker.said('the task is done');
  expect(await fleet.states()).toEqual({ done: 1 });
});

it('fills in the attempt: figures for people, counts for SQL', async () => {
  const fleet = await testFleet();
  await fleet.job();
  const [task] = await fleet.enqueue(1, 5);
  await fleet.worker({ untilEmpty: true }).ended;
  const [attempt] = await fleet.rows('select * from fleet.attempt where task = $1', task);
  expect(attempt).toMatchObject({
    outcome: 'done',
    worker_name: 'worker-1',
    figures: { pages: 5, failed: 0, lines: 5, adopted: false },
  });
  const [row] = await fleet.rows('select pages, pages_failed from fleet.task where id = $1', task);
  expect(row).toEqual({ pages: 5, pages_failed: 0 });
});

it('tells what it does at its status address, which is on the loopback', async () => {
  const fleet = await testFleet();
  await fleet.job({ parameters: { pageMs: 100 } });
  await fleet.enqueue(1, 200);
  const worker = fleet.worker();
  await worker.said('claimed a task');
  const [row] = await fleet.rows<{ status_url: string }>('select status_url from fleet.worker');
  expect(row?.status_url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  const status = await until(async () => {
    const answer = await fetch(`${row?.status_url}/status`);
    const told = (await answer.json()) as { tasks: { pagesDone: number }[] };
    return (told.tasks[0]?.pagesDone ?? 0) > 0 && told;
  });
  expect(status).toMatchObject({
    name: 'worker-1',
    state: 'running',
    pid: worker.pid,
    database: { connected: true, listening: true },
    tasks: [{ job: 'echo', stage: 'reading', pagesTotal: 200 }],
  });
});
