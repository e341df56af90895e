import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { claim } from '../../fleet/queue/protocol/claim.ts';
import { heartbeat } from '../../fleet/queue/protocol/heartbeat.ts';
import { sweep } from '../../fleet/queue/protocol/sweep.ts';
import { useSchema } from './schema.ts';

/** Times of one imagined morning; only the database's clock is ever asked. */
const T0 = '2030-01-01T00:00:00Z';
const T3 = '2030-01-01T00:00:03Z';
const T6 = '2030-01-01T00:00:06Z';
const T9 = '2030-01-01T00:00:09Z';

describe('a lease', () => {
  const schema = useSchema();
  let client: Client;

  beforeAll(async () => {
    client = new Client({ connectionString: schema.url });
    await client.connect();
  });
  afterAll(() => client.end());

  async function beatAt(time: string, worker: number) {
    await client.query("select set_config('fleet.clock', $1, false)", [time]);
    return heartbeat(client, worker, [], 0);
  }

  async function kinds(name: string) {
    await schema.job(name, { kind: name });
    return [name];
  }

  it('that ran out gives its tasks to others at once, and the attempt is kept as lost', async () => {
    const kind = await kinds('lost-once');
    const start = await schema.at(T0);
    const dead = await schema.worker({ kinds: kind, ttlMs: 4000, database: start });
    const alive = await schema.worker({ kinds: kind, ttlMs: 4000, database: start });
    const task = await schema.task('lost-once');
    await claim(start, dead, 1);
    await beatAt(T3, alive);

    expect(await sweep(await schema.at(T3), alive)).toMatchObject({ ran: true, recovered: 0 });
    const later = await schema.at(T6);
    expect(await sweep(later, alive)).toMatchObject({ ran: true, recovered: 1 });

    expect(await claim(later, alive, 1)).toMatchObject([{ task, attempt: 2 }]);
    expect(
      await schema.rows('select outcome, error_code from fleet.attempt where task = $1', task),
    ).toEqual([{ outcome: 'lost', error_code: 'LEASE_LOST' }]);
    expect(await schema.value('select state from fleet.worker where id = $1', dead)).toBe('lost');
    expect(await beatAt(T6, dead)).toMatchObject({ state: 'unknown' });
  });

  it('that was broken itself may not take from others: after an outage nobody is robbed', async () => {
    const kind = await kinds('outage');
    const start = await schema.at(T0);
    const one = await schema.worker({ kinds: kind, ttlMs: 4000, database: start });
    const two = await schema.worker({ kinds: kind, ttlMs: 4000, database: start });
    await schema.task('outage');
    const [task] = await claim(start, one, 1);

    await beatAt(T6, two);
    expect(await sweep(await schema.at(T6), two)).toMatchObject({ recovered: 0 });
    await beatAt(T6, one);
    await beatAt(T9, two);
    await beatAt(T9, one);
    expect(await sweep(await schema.at(T9), two)).toMatchObject({ recovered: 0 });
    expect(await schema.value('select worker from fleet.task where id = $1', task?.task)).toBe(
      String(one),
    );
  });

  it('tells its worker what it holds no more', async () => {
    const kind = await kinds('verdicts');
    const worker = await schema.worker({ kinds: kind });
    for (let index = 0; index < 3; index += 1) {
      await schema.task('verdicts');
    }
    const held = await claim(schema.database, worker, 3);
    await schema.database.query("update fleet.task set state = 'cancelled' where id = $1", [
      held[0]?.task,
    ]);
    await schema.database.query("update fleet.task set state = 'ready' where id = $1", [
      held[1]?.task,
    ]);
    await client.query("select set_config('fleet.clock', '', false)");

    expect(await heartbeat(client, worker, held, 5)).toEqual({
      state: 'active',
      reason: undefined,
      ttlMs: 600_000,
      lost: [held[1]?.task],
      cancelled: [held[0]?.task],
    });
  });

  it('is renewed by a narrow heap-only update, whatever the number of tasks', async () => {
    const kind = await kinds('narrow');
    const worker = await schema.worker({ kinds: kind });
    for (let index = 0; index < 20; index += 1) {
      await schema.task('narrow');
    }
    const held = await claim(schema.database, worker, 20);
    await client.query("select set_config('fleet.clock', '', false)");
    await client.query('checkpoint');
    await heartbeat(client, worker, held, 1);
    const before = await updates();
    const wal = await walBytes();
    for (let beat = 0; beat < 50; beat += 1) {
      await heartbeat(client, worker, held, beat);
    }
    const bytes = (await walBytes()) - wal;
    await client.query('select pg_stat_force_next_flush()');
    const after = await updates();

    expect(after.total - before.total).toBe(50);
    expect(after.hot - before.hot).toBe(50);
    expect(bytes / 50).toBeLessThan(400);
  });

  /** Written by this session alone: other tests write to the same server. */
  async function walBytes(): Promise<number> {
    await client.query('select pg_stat_force_next_flush()');
    await client.query('select 1');
    const { rows } = await client.query<{ wal_bytes: string }>(
      'select wal_bytes from pg_stat_get_backend_wal(pg_backend_pid())',
    );
    return Number(rows[0]?.wal_bytes);
  }

  async function updates(): Promise<{ total: number; hot: number }> {
    await client.query('select pg_stat_force_next_flush()');
    await client.query('select 1');
    const { rows } = await client.query<{ total: string; hot: string }>(
      "select n_tup_upd as total, n_tup_hot_upd as hot from pg_stat_user_tables where relid = 'fleet.lease'::regclass",
    );
    return { total: Number(rows[0]?.total), hot: Number(rows[0]?.hot) };
  }

  it('cannot be ended by a session that claims it is tomorrow, unless the owner allowed it', async () => {
    await schema.database.query(
      "update fleet.setting set value = 'false' where name = 'allow_test_clock'",
    );
    try {
      await client.query("select set_config('fleet.clock', $1, false)", [T9]);
      await expect(client.query('select fleet.now()')).rejects.toThrow(/does not allow it/);
    } finally {
      await client.query("select set_config('fleet.clock', '', false)");
      await schema.database.query(
        "update fleet.setting set value = 'true' where name = 'allow_test_clock'",
      );
    }
  });
});
