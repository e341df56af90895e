import { Client } from 'pg';
import { afterEach, describe, expect, it } from 'vitest';
import { until } from '../harness/until.ts';
import { useSchema } from '../queue/schema.ts';

/** Interleavings that random timing seldom hits: one transaction is held open while another meets it. */
describe('two transactions that meet', () => {
  const schema = useSchema();
  const opened: Client[] = [];
  let serial = 0;

  afterEach(async () => {
    await Promise.all(opened.splice(0).map((client) => client.end()));
  });

  async function session(time = '2030-01-01 00:00:00+00'): Promise<Client> {
    const client = new Client({ connectionString: schema.url });
    opened.push(client);
    await client.connect();
    await client.query("select set_config('fleet.clock', $1, false)", [time]);
    return client;
  }

  async function worker(client: Client, kind: string): Promise<number> {
    const about = { name: 'w', host: 'test', pid: 1, version: 'test', kinds: [kind], slots: 1 };
    const { rows } = await client.query<{ id: string }>(
      "select fleet.register($1, '1 minute') as id",
      [JSON.stringify(about)],
    );
    return Number(rows[0]?.id);
  }

  async function claim(client: Client, id: number): Promise<{ task: number; fence: string }> {
    const { rows } = await client.query<{ task: string; fence: string }>(
      'select task, fence from fleet.claim($1, 1)',
      [id],
    );
    return { task: Number(rows[0]?.task), fence: rows[0]?.fence ?? '' };
  }

  function complete(client: Client, id: number, held: { task: number; fence: string }) {
    const values = [id, [held.task], [held.fence], ['{}']];
    return client.query('select fleet.complete($1, $2, $3, $4::text[]::jsonb[])', values);
  }

  /** Sends what must wait for another transaction, and gives it back when it does wait. */
  async function sendAndMeet(
    client: Client,
    sql: string,
    values: unknown[],
  ): Promise<() => Promise<unknown>> {
    const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
    const answer = client.query(sql, values);
    const waiting = 'select count(*)::int from pg_locks where pid = $1 and not granted';
    await until(async () => (await schema.value<number>(waiting, rows[0]?.pid)) > 0, {
      what: `${sql} waits`,
    });
    return () => answer;
  }

  async function job(options: Readonly<Record<string, unknown>> = {}): Promise<string> {
    serial += 1;
    return schema.job(`race-${serial}`, { kind: `race-${serial}`, ...options });
  }

  const state = (id: number) =>
    schema.value<string>('select state from fleet.task where id = $1', id);
  const outcomes = async (id: number) =>
    (
      await schema.rows('select outcome from fleet.attempt where task = $1 order by number', id)
    ).map((row) => row['outcome']);

  it('leave a lease alone while a claim under it is not committed, and recover the task later', async () => {
    const kind = await job();
    const id = await schema.task(kind);
    const [early, late] = [await session(), await session('2030-01-01 01:00:00+00')];
    const dying = await worker(early, kind);
    const lasting = await worker(await session('2030-01-01 00:59:00+00'), kind);
    await late.query("select fleet.heartbeat($1, '{}', '{}', 0)", [lasting]);

    await early.query('begin');
    await claim(early, dying);
    await late.query('select fleet.sweep($1)', [lasting]);
    await early.query('commit');
    await late.query('select fleet.sweep($1)', [lasting]);

    expect(await state(id)).toBe('ready');
    expect(await outcomes(id)).toEqual(['lost']);
  });

  it('leave nothing behind when a worker leaves while it claims', async () => {
    const kind = await job();
    const id = await schema.task(kind);
    const [claiming, leaving] = [await session(), await session()];
    const leaver = await worker(claiming, kind);

    await claiming.query('begin');
    await claim(claiming, leaver);
    const left = await sendAndMeet(leaving, 'select fleet.deregister($1, $2)', [leaver, 'test']);
    await claiming.query('commit');
    await left();

    expect(await state(id)).toBe('ready');
    expect(await outcomes(id)).toEqual(['interrupted']);
  });

  it('record the attempt of a task that is claimed while its job is cancelled', async () => {
    const kind = await job();
    const id = await schema.task(kind);
    const [claiming, cancelling] = [await session(), await session()];
    const claimer = await worker(claiming, kind);

    await claiming.query('begin');
    await claim(claiming, claimer);
    const sql = "update fleet.job set state = 'cancelled' where name = $1";
    const cancelled = await sendAndMeet(cancelling, sql, [kind]);
    await claiming.query('commit');
    await cancelled();

    expect(await state(id)).toBe('cancelled');
    expect(await outcomes(id)).toEqual(['cancelled']);
  });

  it('release a task whose two needs are met at the same moment', async () => {
    const [one, other] = [await job(), await job()];
    const both = await job({ needs: [one, other] });
    const volume = 's3://scans/both/';
    await schema.task(one, { volume });
    await schema.task(other, { volume });
    const id = await schema.task(both, { volume });
    const [first, second] = [await session(), await session()];
    const [a, b] = [await worker(first, one), await worker(second, other)];
    const [mine, theirs] = [await claim(first, a), await claim(second, b)];

    await first.query('begin');
    await complete(first, a, mine);
    const values = [b, [theirs.task], [theirs.fence], ['{}']];
    const sql = 'select fleet.complete($1, $2, $3, $4::text[]::jsonb[])';
    const completed = await sendAndMeet(second, sql, values);
    await first.query('commit');
    await completed();

    expect(await state(id)).toBe('ready');
  });

  it('are made good by the sweep when neither saw the other, however much is blocked rightly', async () => {
    const needed = await job();
    const waiting = await job({ needs: [needed] });
    await schema.rows(
      "insert into fleet.task (job, volume) select $1, 's3://scans/' || n || '/' from generate_series(1000, 1999) n",
      waiting,
    );
    const volume = 's3://scans/9999/';
    const client = await session();
    const sweeper = await worker(client, needed);
    // The needed task is inserted and done while the transaction that inserts the other is open.
    const inserting = await session();
    await inserting.query('begin');
    const { rows } = await inserting.query<{ id: string }>(
      'insert into fleet.task (job, volume) values ($1, $2) returning id',
      [waiting, volume],
    );
    await schema.task(needed, { volume });
    await complete(client, sweeper, await claim(client, sweeper));
    await inserting.query('commit');
    const id = Number(rows[0]?.id);
    expect(await state(id)).toBe('blocked');

    await until(
      async () => {
        await client.query('select fleet.sweep($1)', [sweeper]);
        return (await state(id)) === 'ready';
      },
      { what: 'the sweep finds it', timeoutMs: 10_000 },
    );
  });
});
