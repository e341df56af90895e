import { describe, expect, it } from 'vitest';
import { claim } from '../../fleet/queue/protocol/claim.ts';
import { fail, release } from '../../fleet/queue/protocol/finish.ts';
import { sweep } from '../../fleet/queue/protocol/sweep.ts';
import { useSchema } from './schema.ts';

describe('a failure', () => {
  const schema = useSchema();

  async function start(name: string, options: Readonly<Record<string, unknown>>) {
    await schema.job(name, { kind: name, ...options });
    const worker = await schema.worker({ kinds: [name] });
    const task = await schema.task(name);
    return { worker, task };
  }

  const broken = {
    retryable: true,
    stage: 'fetch',
    code: 'STORE_UNAVAILABLE',
    message: 'no answer',
  };

  it('that may pass makes the task wait, twice as long each time, and be claimable after', async () => {
    const { worker, task } = await start('waits', { retry_base: '10 seconds', max_attempts: 5 });
    const delays: number[] = [];
    for (let attempt = 1; attempt <= 3; attempt += 1) {
      const [claimed] = await claim(schema.database, worker, 1);
      if (claimed === undefined) {
        throw new Error('nothing was claimed');
      }
      expect(await fail(schema.database, worker, claimed, broken)).toBe('ready');
      expect(await claim(schema.database, worker, 1)).toEqual([]);
      delays.push(
        await schema.value<number>(
          'select extract(epoch from run_at - now())::float from fleet.task where id = $1',
          task,
        ),
      );
      await schema.database.query('update fleet.task set run_at = now() where id = $1', [task]);
    }

    for (const [index, delay] of delays.entries()) {
      expect(delay).toBeGreaterThan(10 * 2 ** index * 0.5 - 2);
      expect(delay).toBeLessThan(10 * 2 ** index * 1.5 + 2);
    }
  });

  it('whose time has come is found by the claim itself and by the sweep', async () => {
    const { worker, task } = await start('promoted', {
      retry_base: '0',
      max_attempts: 5,
    });
    const [claimed] = await claim(schema.database, worker, 1);
    await fail(schema.database, worker, claimed ?? { task, fence: '0' }, {
      ...broken,
      retryAfterMs: 1,
    });
    expect(await claim(schema.database, worker, 1)).toMatchObject([{ task, attempt: 2 }]);
    const [again] = await schema.rows<{ fence: string }>(
      'select fence from fleet.task where id = $1',
      task,
    );
    await fail(
      schema.database,
      worker,
      { task, fence: again?.fence ?? '' },
      { ...broken, retryAfterMs: 1 },
    );
    expect(await sweep(schema.database, worker)).toMatchObject({ ran: true, promoted: 1 });
  });

  it('is the end after max_attempts', async () => {
    const { worker, task } = await start('exhausted', { retry_base: '0', max_attempts: 3 });
    const ends = [];
    for (let attempt = 1; attempt <= 3; attempt += 1) {
      const [claimed] = await claim(schema.database, worker, 1);
      ends.push(await fail(schema.database, worker, claimed ?? { task, fence: '0' }, broken));
    }

    expect(ends).toEqual(['ready', 'ready', 'dead']);
    expect(
      await schema.rows(
        'select number, outcome, stage, error_code, error from fleet.attempt where task = $1 order by number',
        task,
      ),
    ).toEqual(
      [1, 2, 3].map((number) => ({
        number,
        outcome: 'failed',
        stage: 'fetch',
        error_code: 'STORE_UNAVAILABLE',
        error: 'no answer',
      })),
    );
    expect(await schema.value('select fleet.why($1)', task)).toMatch(
      /dead after 3 failures, the last: no answer/,
    );
  });

  it('that cannot pass is the end at once', async () => {
    const { worker, task } = await start('terminal', { max_attempts: 5 });
    const [claimed] = await claim(schema.database, worker, 1);

    expect(
      await fail(schema.database, worker, claimed ?? { task, fence: '0' }, {
        ...broken,
        retryable: false,
      }),
    ).toBe('dead');
  });

  it('is not what handing back is: that counts nothing and waits for nothing', async () => {
    const { worker, task } = await start('interrupted', { max_attempts: 1 });
    for (let attempt = 1; attempt <= 3; attempt += 1) {
      const [claimed] = await claim(schema.database, worker, 1);
      expect(claimed).toMatchObject({ task, attempt });
      await release(schema.database, worker, claimed === undefined ? [] : [claimed], 'spot notice');
    }

    expect(await schema.rows('select state, failures from fleet.task where id = $1', task)).toEqual(
      [{ state: 'ready', failures: 0 }],
    );
    expect(
      await schema.rows('select distinct outcome, error from fleet.attempt where task = $1', task),
    ).toEqual([{ outcome: 'interrupted', error: 'spot notice' }]);
  });

  it('is forgotten by a redrive, its attempts are not', async () => {
    const { worker, task } = await start('redriven', { retry_base: '0', max_attempts: 1 });
    const [claimed] = await claim(schema.database, worker, 1);
    await fail(schema.database, worker, claimed ?? { task, fence: '0' }, broken);

    expect(await schema.value("select fleet.redrive('redriven')")).toBe('1');

    expect(
      await schema.rows('select state, failures, attempt from fleet.task where id = $1', task),
    ).toEqual([{ state: 'ready', failures: 0, attempt: 1 }]);
    expect(await claim(schema.database, worker, 1)).toMatchObject([{ task, attempt: 2 }]);
  });
});
