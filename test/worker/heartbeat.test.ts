import { describe, expect, it } from 'vitest';
import type { Database } from '../../fleet/queue/database.ts';
import { claim } from '../../fleet/queue/protocol/claim.ts';
import { release } from '../../fleet/queue/protocol/finish.ts';
import { startTcpProxy } from '../chaos/tcp-proxy.ts';
import { until } from '../harness/until.ts';
import { openTestDatabase, registerWorker, startRig } from './heartbeat-rig.ts';

const soon = { timeout: 20_000, interval: 20 };

async function leaseOf(database: Database, worker: number) {
  const [row] = await database.query<{ live: boolean; unbroken_ms: number; pages: string }>(
    `select expires_at > fleet.now() as live, pages,
       (extract(epoch from fleet.now() - since) * 1000)::double precision as unbroken_ms from fleet.lease where worker = $1`,
    [worker],
  );
  return row;
}

async function claimOne(database: Database, worker: number) {
  await database.query(
    "insert into fleet.job (name, kind, output) values ('j', 'echo', 'file:///tmp/out/') on conflict do nothing",
  );
  await database.query("insert into fleet.task (job, volume) values ('j', 's3://scans/v1/')");
  const [task] = await claim(database, worker, 1);
  if (task === undefined) throw new Error('nothing was claimed');
  return task;
}

/** Blocks this thread, as inference does. */
function block(milliseconds: number): void {
  const end = performance.now() + milliseconds;
  while (performance.now() < end);
}

describe('the heartbeat', () => {
  it('keeps the lease unbroken while the main thread is blocked for two leases', async () => {
    const { url, database } = await openTestDatabase();
    const { heart, beats, said } = startRig(url, { leaseMs: 2_000 });
    const id = await registerWorker(database, heart, 2_000);
    await until(() => beats.length > 0);
    block(4_000);
    expect(heart.gauges.expiresInMs).toBeGreaterThan(0);
    const lease = await leaseOf(database, id);
    expect(lease?.live).toBe(true);
    expect(lease?.unbroken_ms).toBeGreaterThan(4_000);
    expect(said).toEqual([]);
  });

  it('tells the pages that were read', async () => {
    const { url, database } = await openTestDatabase();
    const { heart } = startRig(url);
    const id = await registerWorker(database, heart);
    for (let page = 0; page < 7; page += 1) heart.gauges.addPage();
    const pages = async () => Number((await leaseOf(database, id))?.pages);
    await expect.poll(pages, soon).toBe(7);
  });

  it('brings word of a cancelled task, at once when it is asked to', async () => {
    const { url, database } = await openTestDatabase();
    const { heart, beats } = startRig(url, { beatMs: 60_000, leaseMs: 120_000 });
    const id = await registerWorker(database, heart);
    const task = await claimOne(database, id);
    heart.hold(task);
    await database.query("update fleet.task set state = 'cancelled' where id = $1", [task.task]);
    heart.beat();
    const beat = await until(() => beats.find(({ cancelled }) => cancelled.length > 0));
    expect(beat.cancelled).toEqual([{ task: task.task, fence: task.fence }]);
  });

  it('does not take the loss of an earlier claim for the loss of a later one', async () => {
    const { url, database } = await openTestDatabase();
    const { heart, beats } = startRig(url);
    const id = await registerWorker(database, heart);
    const first = await claimOne(database, id);
    heart.hold(first);
    await release(database, id, [first], 'test');
    const [second] = await claim(database, id, 1);
    if (second === undefined) throw new Error('nothing was claimed');
    heart.hold(second);
    const sofar = beats.length;
    await until(() => beats.length > sofar + 1);
    expect(beats.at(-1)?.lost).toEqual([]);
    for (const { fence } of beats.flatMap(({ lost }) => lost)) expect(fence).toBe(first.fence);
    expect(second.fence).not.toBe(first.fence);
  });

  it('outlives a half-open connection within its lease', async () => {
    const { url, database } = await openTestDatabase();
    const proxy = await startTcpProxy(Number(new URL(url).port));
    const proxied = url.replace(/:\d+\//, `:${proxy.port}/`);
    const { heart, beats, said } = startRig(proxied, { leaseMs: 5_000, beatMs: 400 });
    await registerWorker(database, heart, 5_000);
    await until(() => beats.length > 1);
    proxy.set('freeze');
    await until(() => said.includes('failing'));
    proxy.set('pass');
    const before = beats.length;
    await until(() => beats.length > before);
    expect(said).toEqual(['failing']);
  });

  it('says that the lease is over, goes on trying, and is known again when the database is', async () => {
    const { url, database } = await openTestDatabase();
    const proxy = await startTcpProxy(Number(new URL(url).port));
    const proxied = url.replace(/:\d+\//, `:${proxy.port}/`);
    const { heart, beats, said } = startRig(proxied, { leaseMs: 2_000, beatMs: 100 });
    await registerWorker(database, heart, 2_000);
    await until(() => beats.length > 1);
    proxy.set('refuse');
    proxy.cut();
    await until(() => said.includes('expired') && heart.gauges.expiresInMs < 0);
    proxy.set('pass');
    const before = beats.length;
    await until(() => beats.length > before);
    expect(beats.at(-1)).toMatchObject({ state: 'active' });
    expect(heart.gauges.expiresInMs).toBeGreaterThan(0);
    expect(said.slice(-2)).toEqual(['failing', 'expired']);
  });

  it('says when the worker is not known any more, and beats for the one that registers next', async () => {
    const { url, database } = await openTestDatabase();
    const { heart, beats } = startRig(url);
    const first = await registerWorker(database, heart);
    await database.query('select fleet.deregister($1, $2)', [first, 'test']);
    await expect.poll(() => beats.at(-1), soon).toMatchObject({ worker: first, state: 'unknown' });
    const second = await registerWorker(database, heart);
    await expect.poll(() => beats.at(-1), soon).toMatchObject({ worker: second, state: 'active' });
  });
});
