import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { claim } from '../../fleet/queue/protocol/claim.ts';
import { until } from '../harness/until.ts';
import { useSchema } from './schema.ts';

describe('the task table, written by hand', () => {
  const schema = useSchema();
  const hints: string[] = [];
  let listener: Client;

  beforeAll(async () => {
    listener = new Client({ connectionString: schema.url });
    await listener.connect();
    listener.on('notification', ({ channel, payload }) => hints.push(`${channel} ${payload}`));
    await listener.query('listen fleet_ready');
    await listener.query('listen fleet_control');
  });
  afterAll(() => listener.end());

  it('takes a job and a volume, and registers the volume', async () => {
    await schema.job('plain');
    await schema.database.query(
      "insert into fleet.task (job, volume) values ('plain', 's3://scans/W22084/I0886/')",
    );

    expect(
      await schema.rows("select state, version, due from fleet.task where job = 'plain'"),
    ).toEqual([{ state: 'ready', version: '', due: true }]);
    expect(
      await schema.rows(
        "select uri, version from fleet.volume where uri = 's3://scans/W22084/I0886/'",
      ),
    ).toEqual([{ uri: 's3://scans/W22084/I0886/', version: null }]);
  });

  it.each([
    ['s3://scans/W1/I1', 's3://scans/W1/I1/'],
    ['s3://scans/W1/I2//', 's3://scans/W1/I2/'],
    ['/data/volume', 'file:///data/volume/'],
    ['file:///data/other', 'file:///data/other/'],
  ])('writes %s as %s', async (given, stored) => {
    await schema.job('canonical').catch(() => 'exists');
    expect(
      await schema.value(
        "insert into fleet.task (job, volume) values ('canonical', $1) returning volume",
        given,
      ),
    ).toBe(stored);
  });

  it.each([
    ["('plain', '../x')", /volume '\.\.\/x' is not a URI/],
    ["('plain', '/data/../etc/')", /volume '\/data\/\.\.\/etc\/' is not a URI/],
    ["('plain', 'http://example.org/')", /is not a URI that can be read/],
    ["('plain', '')", /is not a URI that can be read/],
    ["('unknown', '/data/x/')", /no such job: unknown/],
  ])('refuses %s with a sentence', async (values, message) => {
    await expect(
      schema.database.query(`insert into fleet.task (job, volume) values ${values}`),
    ).rejects.toThrow(message);
  });

  it('refuses a second task for the same job, volume and version', async () => {
    await schema.job('unique');
    const volume = '/data/unique/';
    await schema.task('unique', { volume });
    await expect(schema.task('unique', { volume })).rejects.toThrow(/task_identity/);
    expect(await schema.value("select fleet.rerun('unique', $1)", volume)).toMatch(/^\d+$/);
    expect(
      await schema.rows("select rerun from fleet.task where job = 'unique' order by rerun"),
    ).toEqual([{ rerun: 0 }, { rerun: 1 }]);
  });

  it.each([
    ['ready', 'done'],
    ['ready', 'running'],
    ['ready', 'dead'],
    ['ready', 'blocked'],
    ['done', 'ready'],
    ['done', 'cancelled'],
    ['dead', 'done'],
    ['cancelled', 'running'],
  ])('cannot go from %s to %s by hand', async (from, to) => {
    await schema.job(`hand-${from}-${to}`);
    const id = await schema.task(`hand-${from}-${to}`);
    await forced(id, from);

    await expect(
      schema.database.query('update fleet.task set state = $2 where id = $1', [id, to]),
    ).rejects.toMatchObject({
      code: 'REFUSED',
      message: expect.stringContaining(`from ${from} to ${to}`),
    });
  });

  /** Puts a task into a state that no hand may choose, as its owner role. */
  async function forced(id: number, state: string): Promise<void> {
    await schema.database.transaction(async (client) => {
      await client.query('set local role fleet_owner');
      await client.query('update fleet.task set state = $2 where id = $1', [id, state]);
    });
  }

  it('keeps the attempt of running work that is cancelled by hand', async () => {
    const job = await schema.job('cut', { kind: 'cut' });
    const id = await schema.task(job);
    const worker = await schema.worker({ kinds: ['cut'] });
    await claim(schema.database, worker, 1);

    await schema.database.query("update fleet.task set state = 'cancelled' where id = $1", [id]);

    expect(await schema.rows('select state, worker from fleet.task where id = $1', id)).toEqual([
      { state: 'cancelled', worker: null },
    ]);
    expect(await schema.rows('select outcome from fleet.attempt where task = $1', id)).toEqual([
      { outcome: 'cancelled' },
    ]);
  });

  it('does not let running work be deleted, and keeps the attempts of what is', async () => {
    const job = await schema.job('deleted', { kind: 'deleted' });
    const id = await schema.task(job);
    const worker = await schema.worker({ kinds: ['deleted'] });
    await claim(schema.database, worker, 1);

    await expect(
      schema.database.query('delete from fleet.task where id = $1', [id]),
    ).rejects.toMatchObject({
      code: 'REFUSED',
    });
    await schema.database.query("update fleet.job set state = 'cancelled' where name = $1", [job]);
    await schema.database.query('delete from fleet.job where name = $1', [job]);
    expect(await schema.value('select count(*) from fleet.task where id = $1', id)).toBe('0');
    expect(await schema.value('select count(*) from fleet.attempt where task = $1', id)).toBe('1');
  });

  it('wakes once for a statement of a thousand, not for each', async () => {
    await schema.job('batch');
    hints.length = 0;
    await schema.database.query(
      "insert into fleet.task (job, volume) select 'batch', '/data/b' || n || '/' from generate_series(1, 1000) n",
    );
    await until(() => hints.length > 0);
    expect(hints).toEqual(['fleet_ready 1000']);
  });

  it('wakes nobody for heartbeats, progress and completions', async () => {
    const job = await schema.job('quiet', { kind: 'quiet' });
    await schema.task(job);
    const worker = await schema.worker({ kinds: ['quiet'] });
    const [task] = await claim(schema.database, worker, 1);
    await until(() => hints.includes('fleet_ready 1'));
    hints.length = 0;

    await schema.database.query('select fleet.heartbeat($1, $2, $3, 1)', [
      worker,
      [task?.task],
      [task?.fence],
    ]);
    await schema.database.query("select fleet.open_volume($1, $2, 'v', 10, 10)", [
      task?.task,
      task?.fence,
    ]);
    await schema.database.query('select fleet.complete($1, $2, $3, $4)', [
      worker,
      [task?.task],
      [task?.fence],
      ['{}'],
    ]);
    await schema.database.query("notify fleet_ready, 'end of test'");
    await until(() => hints.length > 0);

    expect(hints).toEqual(['fleet_ready end of test']);
  });

  it('says on the control channel when running work is cancelled', async () => {
    const job = await schema.job('stop', { kind: 'stop' });
    await schema.task(job);
    const worker = await schema.worker({ kinds: ['stop'] });
    await claim(schema.database, worker, 1);
    hints.length = 0;

    await schema.database.query("update fleet.job set state = 'cancelled' where name = $1", [job]);
    await until(() => hints.includes('fleet_control cancel'));
    expect(hints.filter((hint) => hint.startsWith('fleet_control'))).toHaveLength(1);
  });
});

describe('a job, written by hand', () => {
  const schema = useSchema();

  it('gets a configuration hash that changes with its parameters only', async () => {
    await schema.job('hashed', { parameters: { a: 1, b: 2 } });
    await schema.job('same', { parameters: { b: 2, a: 1 }, priority: 4 });
    await schema.job('other', { parameters: { a: 1, b: 3 } });

    const [hashed, other, same] = await schema.rows<{ config_hash: string }>(
      "select config_hash from fleet.job where name in ('hashed', 'same', 'other') order by name",
    );
    expect(hashed).toEqual(same);
    expect(hashed).not.toEqual(other);
  });

  it.each([
    [{ output: 'nowhere' }, /output 'nowhere' is not a store URI/],
    [{ needs: ['ghost'] }, /needs ghost, which does not exist/],
    [{ max_attempts: 0 }, /max_attempts/],
    [{ max_page_failure_rate: 2 }, /max_page_failure_rate/],
    [{ name: 'Bad Name' }, /job_name_check/],
    [{ name: 'ghost/ocr' }, /application/],
  ])('is refused with %j', async (columns, message) => {
    await expect(schema.job('wrong', columns)).rejects.toThrow(message);
  });

  it('cannot need itself, however long the way round', async () => {
    await schema.job('a');
    await schema.job('b', { needs: ['a'] });
    await schema.job('c', { needs: ['b'] });

    await expect(
      schema.database.query("update fleet.job set needs = '{c}' where name = 'a'"),
    ).rejects.toThrow(/would need itself/);
  });
});
