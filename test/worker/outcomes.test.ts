import { describe, expect, it } from 'vitest';
import { until } from '../harness/until.ts';
import { folderWith } from '../volume/folder.ts';
import { testFleet } from './fleet.ts';

describe('a task that fails', () => {
  it('is tried again, and dead after as many attempts as its job allows', async () => {
    const fleet = await testFleet();
    await fleet.job({ parameters: { broken: true }, max_attempts: 3, retry_base: '20ms' });
    const [task = 0] = await fleet.enqueue(1, 8);
    await fleet.worker({ untilEmpty: true }).ended;
    expect(await fleet.states()).toEqual({ dead: 1 });
    expect(await fleet.outcomes(task)).toEqual(['failed', 'failed', 'failed']);
    const [attempt] = await fleet.rows('select * from fleet.attempt where number = 1');
    expect(attempt).toMatchObject({ error_code: 'INTERNAL', retryable: true, stage: 'reading' });
    expect(attempt?.['error']).toContain('the reader is broken');
  });

  it('is dead at once when no repetition could help', async () => {
    const fleet = await testFleet();
    await fleet.job();
    const empty = await folderWith({ 'readme.txt': 'no page' });
    await fleet.database.query("insert into fleet.task (job, volume) values ('echo', $1)", [empty]);
    await fleet.worker({ untilEmpty: true }).ended;
    const [attempt, ...more] = await fleet.rows('select * from fleet.attempt');
    expect(attempt).toMatchObject({
      outcome: 'failed',
      error_code: 'VOLUME_EMPTY',
      retryable: false,
      stage: 'opening',
    });
    expect(more).toEqual([]);
    expect(await fleet.states()).toEqual({ dead: 1 });
  });

  it('is dead at once when the volume is not at the version that was asked for', async () => {
    const fleet = await testFleet();
    await fleet.job();
    const folder = await folderWith({ '1.jpg': 'one' });
    await fleet.database.query(
      "insert into fleet.task (job, volume, version) values ('echo', $1, 'abc')",
      [folder],
    );
    await fleet.worker({ untilEmpty: true }).ended;
    const [attempt] = await fleet.rows('select * from fleet.attempt');
    expect(attempt).toMatchObject({ error_code: 'VOLUME_CHANGED', retryable: false });
    expect(await fleet.states()).toEqual({ dead: 1 });
  });

  it('names the parameter that is wrong', async () => {
    const fleet = await testFleet();
    await fleet.job({ parameters: { pageMs: 'soon' } });
    await fleet.enqueue(1, 1);
    await fleet.worker({ untilEmpty: true }).ended;
    const [attempt] = await fleet.rows('select * from fleet.attempt');
    expect(attempt).toMatchObject({ error_code: 'PARAMETER_INVALID', retryable: false });
    expect(attempt?.['error']).toMatch(/pageMs: .*expected number/);
  });
});

describe('a task that is cancelled while it runs', () => {
  it('is aborted at once and publishes nothing', async () => {
    const fleet = await testFleet();
    await fleet.job({ parameters: { pageMs: 50 } });
    const [task = 0] = await fleet.enqueue(1, 500);
    const worker = fleet.worker({ beatMs: 20_000, leaseMs: 60_000 });
    await until(async () => (await fleet.rows('select from fleet.task where pages = 500')).length);
    await fleet.database.query("update fleet.task set state = 'cancelled' where id = $1", [task]);
    const told = Date.now();
    const ended = await worker.said('the task is not ours any more');
    expect(ended['why']).toBe('cancelled');
    expect(ended.time - told).toBeLessThan(2_000);
    expect(await fleet.outcomes(task)).toEqual(['cancelled']);
    expect(await fleet.markers()).toEqual([]);
  });

  it('is aborted by the next heartbeat where notifications do not arrive', async () => {
    const fleet = await testFleet();
    await fleet.job({ parameters: { pageMs: 50 } });
    await fleet.enqueue(1, 500);
    const worker = fleet.worker({ listen: false });
    await until(async () => (await fleet.rows('select from fleet.lease where pages > 0')).length);
    await fleet.database.query("update fleet.job set state = 'cancelled' where name = 'echo'");
    expect((await worker.said('the task is not ours any more'))['why']).toBe('cancelled');
  });
});
