import { describe, expect, it } from 'vitest';
import { openDatabase } from '../../fleet/queue/database.ts';
import { useSchema } from './schema.ts';

const REFUSED = { code: 'REFUSED' };

describe('roles', () => {
  const schema = useSchema();

  async function as<T>(
    role: string,
    work: (sql: (text: string) => Promise<unknown[]>, user: string) => Promise<T>,
  ) {
    const { url, user } = await schema.login(role);
    const session = openDatabase({ url, applicationName: 'test role', size: 1 });
    try {
      return await work((text) => session.query(text), user);
    } finally {
      await session.close();
    }
  }

  it('let a worker call the protocol and touch no table', async () => {
    await schema.job('work');
    const id = await schema.task('work');
    await as('fleet_worker', async (sql) => {
      const [row] = await sql(
        `select fleet.register('{"name":"w","host":"h","pid":1,"version":"1","kinds":["test"],"slots":1}', '1 minute') as id`,
      );
      const worker = (row as { id: string }).id;
      expect(await sql(`select task from fleet.claim(${worker}, 1)`)).toEqual([
        { task: String(id) },
      ]);
      expect(await sql(`select * from fleet.sweep(${worker})`)).toHaveLength(1);
      for (const text of [
        'select * from fleet.task',
        'select * from fleet.attempt',
        'select * from fleet.setting',
        'select * from fleet.member',
        "update fleet.task set state = 'done'",
        "insert into fleet.task (job, volume) values ('work', '/data/x/')",
        'delete from fleet.attempt',
        "select fleet.redrive('work')",
        "select fleet.set_back(t, true, '', '', null) from fleet.task t",
        'set role fleet_owner',
        'create table fleet.x ()',
      ]) {
        await expect(sql(text), text).rejects.toMatchObject(REFUSED);
      }
    });
  });

  it('let a viewer read and write nothing', async () => {
    await as('fleet_viewer', async (sql) => {
      await sql('select * from fleet.progress');
      await sql('select * from fleet.task');
      for (const text of [
        "update fleet.job set state = 'paused'",
        "insert into fleet.task (job, volume) values ('work', '/data/x/')",
        'delete from fleet.task',
        'select fleet.claim(1, 1)',
        "select fleet.redrive('work')",
      ]) {
        await expect(sql(text), text).rejects.toMatchObject(REFUSED);
      }
    });
  });

  it('let an operator steer, but not forge what the protocol writes', async () => {
    await as('fleet_operator', async (sql) => {
      await sql(
        "insert into fleet.job (name, kind, output) values ('operated', 'test', '/tmp/out')",
      );
      await sql("insert into fleet.task (job, volume) values ('operated', '/data/operated/')");
      await sql("update fleet.task set priority = 3 where job = 'operated'");
      await sql("update fleet.task set state = 'cancelled' where job = 'operated'");
      expect(await sql("select fleet.redrive('operated', '{cancelled}')")).toEqual([
        { redrive: '1' },
      ]);
      for (const text of [
        'update fleet.task set fence = 1',
        'update fleet.task set failures = 0',
        'update fleet.attempt set outcome = $$done$$',
        'delete from fleet.attempt',
        "update fleet.lease set expires_at = now() + interval '1 year'",
        "insert into fleet.setting values ('allow_test_clock', 'true')",
        'select fleet.complete(1, $${1}$$, $${1}$$, null)',
      ]) {
        await expect(sql(text), text).rejects.toMatchObject(REFUSED);
      }
    });
  });

  it('let a submitter see and touch its own application only', async () => {
    await schema.database.query("insert into fleet.application (name) values ('mine'), ('theirs')");
    await schema.job('theirs/ocr');
    const theirs = await schema.task('theirs/ocr');
    await as('fleet_submitter', async (sql, user) => {
      await schema.database.query("insert into fleet.member values ('mine', $1)", [user]);
      await sql(
        "insert into fleet.job (name, kind, output) values ('mine/ocr', 'test', '/tmp/out')",
      );
      await sql("insert into fleet.task (job, volume) values ('mine/ocr', '/data/mine/')");
      expect(await sql('select name from fleet.job')).toEqual([{ name: 'mine/ocr' }]);
      expect(await sql('select job from fleet.task')).toEqual([{ job: 'mine/ocr' }]);
      await expect(
        sql("insert into fleet.task (job, volume) values ('theirs/ocr', '/data/mine/')"),
      ).rejects.toMatchObject(REFUSED);
      await expect(
        sql("insert into fleet.job (name, kind, output) values ('theirs/x', 'test', '/tmp/out')"),
      ).rejects.toMatchObject(REFUSED);
      expect(
        await sql(`update fleet.task set state = 'cancelled' where id = ${theirs} returning id`),
      ).toEqual([]);
      await expect(sql('select * from fleet.member')).rejects.toMatchObject(REFUSED);
    });
  });
});
