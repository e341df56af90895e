import { describe, expect, it } from 'vitest';
import { claim } from '../../fleet/queue/protocol/claim.ts';
import { useSchema } from './schema.ts';

describe('a claim', () => {
  const schema = useSchema();

  it('gives each task to one worker, however many claim at once', async () => {
    const job = await schema.job('shared');
    const ids = await Promise.all(Array.from({ length: 60 }, () => schema.task(job)));
    const workers = await Promise.all(Array.from({ length: 10 }, () => schema.worker()));

    const claims = await Promise.all(
      workers.flatMap((worker) => [1, 2, 3].map((slots) => claim(schema.database, worker, slots))),
    );

    const claimed = claims.flat().map((task) => task.task);
    expect(claimed.sort((a, b) => a - b)).toEqual(ids.sort((a, b) => a - b));
  });

  it('never gives more than the free slots', async () => {
    const job = await schema.job('many');
    await Promise.all(Array.from({ length: 8 }, () => schema.task(job)));
    const worker = await schema.worker();

    expect(await claim(schema.database, worker, 3)).toHaveLength(3);
    await schema.database.query("update fleet.job set state = 'cancelled' where name = $1", [job]);
  });

  it('goes by priority, then by size, then by age', async () => {
    const job = await schema.job('ordered');
    const small = await schema.task(job, { size: 20 });
    const large = await schema.task(job, { size: 2000 });
    const alsoSmall = await schema.task(job, { size: 20 });
    const urgent = await schema.task(job, { size: 1, priority: 5 });
    const worker = await schema.worker();

    const order = [];
    for (let index = 0; index < 4; index += 1) {
      order.push((await claim(schema.database, worker, 1))[0]?.task);
    }

    expect(order).toEqual([urgent, large, small, alsoSmall]);
  });

  it('carries what a run needs, and a fence above all earlier ones', async () => {
    const job = await schema.job('configured', {
      parameters: { a: 1 },
      max_page_failure_rate: 0.25,
      part_pages: 7,
    });
    const first = await schema.task(job);
    const second = await schema.task(job);
    const worker = await schema.worker();

    const [one] = await claim(schema.database, worker, 1);
    const [two] = await claim(schema.database, worker, 1);

    expect(one).toMatchObject({
      task: first,
      job,
      kind: 'test',
      parameters: { a: 1 },
      output: 'file:///tmp/out/',
      maxPageFailureRate: 0.25,
      partPages: 7,
      partMs: 60_000,
      attempt: 1,
      rerun: 0,
      version: '',
      parts: [],
    });
    expect(one?.configHash).toMatch(/^[0-9a-f]{64}$/);
    expect(two?.task).toBe(second);
    expect(BigInt(two?.fence ?? 0)).toBeGreaterThan(BigInt(one?.fence ?? 0));
  });

  it.each([
    ['a paused job', { state: "update fleet.job set state = 'paused' where name = $1" }],
    [
      'a paused application',
      {
        state: "update fleet.application set state = 'paused' where name = 'default' and $1 <> ''",
      },
    ],
  ])('leaves the tasks of %s alone', async (label, { state }) => {
    const job = await schema.job(`held-${label.length}`);
    await schema.task(job);
    await schema.database.query(state, [job]);
    const worker = await schema.worker();

    expect(await claim(schema.database, worker, 5)).toEqual([]);

    await schema.database.query("update fleet.application set state = 'active'");
    await schema.database.query("update fleet.job set state = 'active' where name = $1", [job]);
    expect(await claim(schema.database, worker, 5)).toHaveLength(1);
  });

  it('matches kinds, labels and memory', async () => {
    const job = await schema.job('demanding', {
      kind: 'heavy',
      labels: ['gpu'],
      memory_mb: 8000,
    });
    await schema.task(job);
    const no = [
      await schema.worker({ kinds: ['test'], labels: ['gpu'], memoryMb: 16_000 }),
      await schema.worker({ kinds: ['heavy'], labels: [], memoryMb: 16_000 }),
      await schema.worker({ kinds: ['heavy'], labels: ['gpu'], memoryMb: 4_000 }),
    ];
    for (const worker of no) {
      expect(await claim(schema.database, worker, 1)).toEqual([]);
    }

    const yes = await schema.worker({ kinds: ['heavy'], labels: ['gpu', 'eu'], memoryMb: 8_000 });
    expect(await claim(schema.database, yes, 1)).toHaveLength(1);
  });

  it('is refused without a live lease', async () => {
    const worker = await schema.worker();
    await schema.database.query(
      "update fleet.lease set expires_at = now() - interval '1 second' where worker = $1",
      [worker],
    );

    await expect(claim(schema.database, worker, 1)).rejects.toMatchObject({ code: 'LEASE_LOST' });
  });

  it('gives nothing to a worker that drains', async () => {
    const job = await schema.job('undrained');
    await schema.task(job);
    const worker = await schema.worker();
    await schema.database.query("update fleet.worker set state = 'draining' where id = $1", [
      worker,
    ]);

    expect(await claim(schema.database, worker, 1)).toEqual([]);
    await schema.database.query("update fleet.job set state = 'cancelled' where name = $1", [job]);
  });

  it('shares between applications by their weights', async () => {
    await schema.database.query(
      "insert into fleet.application (name, weight) values ('light', 1), ('heavy', 3)",
    );
    for (const name of ['light/a', 'heavy/a']) {
      const job = await schema.job(name, { kind: 'shares' });
      await schema.database.query(
        `insert into fleet.task (job, volume)
         select $1, format('s3://scans/%s/%s/', $1::text, n) from generate_series(1, 300) n`,
        [job],
      );
    }
    const worker = await schema.worker({ kinds: ['shares'] });

    const claimed = [];
    for (let index = 0; index < 200; index += 1) {
      claimed.push(...(await claim(schema.database, worker, 1)));
    }

    const heavy = claimed.filter((task) => task.job === 'heavy/a').length;
    expect(heavy).toBeGreaterThanOrEqual(148);
    expect(heavy).toBeLessThanOrEqual(152);
  });

  it('keeps to a quota, and lets others have the slots', async () => {
    await schema.database.query("insert into fleet.application (name, quota) values ('small', 2)");
    const limited = await schema.job('small/a', { kind: 'quotas' });
    const free = await schema.job('open', { kind: 'quotas' });
    await Promise.all(Array.from({ length: 6 }, () => schema.task(limited)));
    await Promise.all(Array.from({ length: 6 }, () => schema.task(free)));
    const workers = await Promise.all([1, 2, 3].map(() => schema.worker({ kinds: ['quotas'] })));

    const claims = await Promise.all(workers.map((worker) => claim(schema.database, worker, 3)));

    const jobs = claims.flat().map((task) => task.job);
    expect(jobs).toHaveLength(8);
    expect(jobs.filter((job) => job === limited)).toHaveLength(2);
  });
});
