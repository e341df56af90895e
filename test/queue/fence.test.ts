import { describe, expect, it } from 'vitest';
import { claim, type ClaimedTask } from '../../fleet/queue/protocol/claim.ts';
import { complete, fail, release } from '../../fleet/queue/protocol/finish.ts';
import { confirmLease, recordOpened, recordPart } from '../../fleet/queue/protocol/progress.ts';
import { until } from '../harness/until.ts';
import { useSchema } from './schema.ts';

describe('a fence', () => {
  const schema = useSchema();
  let serial = 0;

  async function claimed(): Promise<{ worker: number; task: ClaimedTask }> {
    serial += 1;
    const kind = `kind-${serial}`;
    const worker = await schema.worker({ kinds: [kind] });
    await schema.task(await schema.job(`job-${serial}`, { kind, retry_base: '0' }));
    const [task] = await claim(schema.database, worker, 1);
    if (task === undefined) {
      throw new Error('nothing was claimed');
    }
    return { worker, task };
  }

  const part = {
    number: 0,
    fence: '0',
    firstPage: 0,
    pages: 3,
    failed: 1,
    key: 'parts/0',
    bytes: 10,
    sha256: 'ab',
  };

  it('that is current lets its owner open, commit, confirm and complete', async () => {
    const { worker, task } = await claimed();

    await recordOpened(schema.database, task, { version: 'v1', pages: 9, bytes: 900 });
    await recordPart(schema.database, task, { ...part, fence: task.fence });
    await confirmLease(schema.database, worker, task);
    expect(
      await complete(schema.database, worker, [{ ...task, figures: { pages: 9, failed: 1 } }]),
    ).toEqual([task.task]);

    const [row] = await schema.rows('select * from fleet.task where id = $1', task.task);
    expect(row).toMatchObject({ state: 'done', pages: 9, pages_failed: 1, input_version: 'v1' });
    const [attempt] = await schema.rows('select * from fleet.attempt where task = $1', task.task);
    expect(attempt).toMatchObject({ number: 1, outcome: 'done', fence: task.fence });
  });

  it.each([
    ['after the task was handed back', 'release'],
    ['after it failed and waits', 'fail'],
    ['after an operator cancelled it', "update fleet.task set state = 'cancelled' where id = $1"],
    ['after an operator took it away', "update fleet.task set state = 'ready' where id = $1"],
  ])('that is old changes nothing %s, nor after the next claim', async (_label, how) => {
    const { worker, task } = await claimed();
    if (how === 'release') {
      await release(schema.database, worker, [task], 'test');
    } else if (how === 'fail') {
      await fail(schema.database, worker, task, failure({ retryable: true }));
    } else {
      await schema.database.query(how, [task.task]);
    }
    await expectNothingChanges(worker, task);

    await schema.database.query(
      "update fleet.task set state = 'ready' where id = $1 and state = 'cancelled'",
      [task.task],
    );
    await schema.database.query('update fleet.task set run_at = now() where id = $1', [task.task]);
    const [again] = await claim(schema.database, worker, 1);
    expect(again?.task).toBe(task.task);
    expect(BigInt(again?.fence ?? 0)).toBeGreaterThan(BigInt(task.fence));
    await expectNothingChanges(worker, task);
  });

  async function expectNothingChanges(worker: number, task: ClaimedTask): Promise<void> {
    const before = await state(task.task);
    const opened = { version: 'v2', pages: 1, bytes: 1 };
    await expect(recordOpened(schema.database, task, opened)).rejects.toMatchObject({
      code: 'LEASE_LOST',
    });
    await expect(recordPart(schema.database, task, part)).rejects.toMatchObject({
      code: 'LEASE_LOST',
    });
    await expect(confirmLease(schema.database, worker, task)).rejects.toMatchObject({
      code: 'LEASE_LOST',
    });
    expect(await complete(schema.database, worker, [{ ...task, figures: {} }])).toEqual([]);
    expect(
      await fail(schema.database, worker, task, failure({ retryable: false })),
    ).toBeUndefined();
    expect(await release(schema.database, worker, [task], 'test')).toEqual([]);
    expect(await state(task.task)).toEqual(before);
  }

  function state(task: number) {
    return schema.rows(
      `select to_jsonb(t) as task, (select count(*) from fleet.attempt where task = t.id) as attempts,
         (select count(*) from fleet.part where task = t.id) as parts
       from fleet.task t where id = $1`,
      task,
    );
  }

  function failure(options: { retryable: boolean }) {
    return { ...options, stage: 'read', code: 'PAGE_FAILED', message: 'it broke' };
  }

  it('of another worker is not enough', async () => {
    const { task } = await claimed();
    const other = await schema.worker();

    expect(await complete(schema.database, other, [{ ...task, figures: {} }])).toEqual([]);
    await expect(confirmLease(schema.database, other, task)).rejects.toMatchObject({
      code: 'LEASE_LOST',
    });
  });

  it('never restarts, not with a redrive', async () => {
    const { worker, task } = await claimed();
    await fail(schema.database, worker, task, failure({ retryable: false }));
    expect(await schema.value('select fleet.redrive($1)', task.job)).toBe('1');
    const [again] = await claim(schema.database, worker, 1);

    expect(again).toMatchObject({ task: task.task, attempt: 2 });
    expect(BigInt(again?.fence ?? 0)).toBeGreaterThan(BigInt(task.fence));
    expect(await complete(schema.database, worker, [{ ...task, figures: {} }])).toEqual([]);
  });

  it('lets the parts of an earlier attempt be resumed after, unless the volume changed', async () => {
    const { worker, task } = await claimed();
    await recordOpened(schema.database, task, { version: 'v1', pages: 9, bytes: 900 });
    await recordPart(schema.database, task, { ...part, fence: task.fence });
    await release(schema.database, worker, [task], 'test');

    const [second] = await claim(schema.database, worker, 1);
    expect(second?.parts).toEqual([{ ...part, fence: task.fence }]);
    expect(second?.inputVersion).toBe('v1');

    if (second !== undefined) {
      await recordOpened(schema.database, second, { version: 'v2', pages: 8, bytes: 900 });
      await release(schema.database, worker, [second], 'test');
    }
    const [third] = await claim(schema.database, worker, 1);
    expect(third?.parts).toEqual([]);
    expect(third?.inputVersion).toBe('v2');
  });

  it('deletes no parts while the task is being taken away', async () => {
    const { worker, task } = await claimed();
    await recordOpened(schema.database, task, { version: 'v1', pages: 9, bytes: 900 });
    await recordPart(schema.database, task, { ...part, fence: task.fence });

    const late = await schema.database.transaction(async (client) => {
      await client.query('select fleet.release($1, $2, $3, $4)', [
        worker,
        [task.task],
        [task.fence],
        'test',
      ]);
      const opened = recordOpened(schema.database, task, { version: 'v2', pages: 8, bytes: 900 });
      opened.catch(() => undefined);
      await until(() =>
        schema.value(
          "select true from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
        ),
      );
      return { opened };
    });

    await expect(late.opened).rejects.toMatchObject({ code: 'LEASE_LOST' });
    expect(await schema.value('select count(*) from fleet.part where task = $1', task.task)).toBe(
      '1',
    );
  });

  it('may say the same part twice: an answer may have been lost', async () => {
    const { task } = await claimed();
    await recordPart(schema.database, task, { ...part, fence: task.fence });
    await recordPart(schema.database, task, { ...part, fence: task.fence });

    expect(await schema.value('select count(*) from fleet.part where task = $1', task.task)).toBe(
      '1',
    );
    expect(await schema.value('select sum(pages) from fleet.pace where job = $1', task.job)).toBe(
      '3',
    );
  });

  it('takes the parts along when they are what failed', async () => {
    const { worker, task } = await claimed();
    await recordPart(schema.database, task, { ...part, fence: task.fence });
    await fail(schema.database, worker, task, {
      ...failure({ retryable: true }),
      discardParts: true,
    });

    expect(await schema.value('select count(*) from fleet.part where task = $1', task.task)).toBe(
      '0',
    );
  });

  it('of a batch is checked task by task', async () => {
    const { worker, task } = await claimed();
    await schema.task(task.job);
    const [second] = await claim(schema.database, worker, 1);
    if (second === undefined) {
      throw new Error('nothing was claimed');
    }

    const accepted = await complete(schema.database, worker, [
      { task: task.task, fence: second.fence, figures: {} },
      { ...second, figures: { pages: 4 } },
    ]);

    expect(accepted).toEqual([second.task]);
    expect(await schema.value('select state from fleet.task where id = $1', task.task)).toBe(
      'running',
    );
  });
});
