import { describe, expect, it } from 'vitest';
import { claim } from '../../fleet/queue/protocol/claim.ts';
import { complete, fail } from '../../fleet/queue/protocol/finish.ts';
import { useSchema } from './schema.ts';

describe('a task of a job that needs another', () => {
  const schema = useSchema();
  let serial = 0;

  async function pair(options: Readonly<Record<string, unknown>> = {}) {
    serial += 1;
    const first = await schema.job(`first-${serial}`, {
      kind: `first-${serial}`,
      retry_base: '0',
      max_attempts: 1,
    });
    const second = await schema.job(`second-${serial}`, { needs: [first], ...options });
    return { first, second, volume: `s3://scans/pair-${serial}/` };
  }

  async function run(job: string, how: 'complete' | 'fail') {
    const worker = await schema.worker({ kinds: [job] });
    const [task] = await claim(schema.database, worker, 1);
    if (task === undefined) {
      throw new Error(`nothing to claim of ${job}`);
    }
    if (how === 'complete') {
      await complete(schema.database, worker, [{ ...task, figures: {} }]);
    } else {
      const failure = { retryable: false, stage: 'read', code: 'PAGE_FAILED', message: 'broken' };
      await fail(schema.database, worker, task, failure);
    }
  }

  const state = (id: number) => schema.value('select state from fleet.task where id = $1', id);

  it('is blocked, and ready in the transaction that completes the other', async () => {
    const { first, second, volume } = await pair();
    await schema.task(first, { volume });
    const waiting = await schema.task(second, { volume });
    expect(await state(waiting)).toBe('blocked');
    expect(await schema.value('select fleet.why($1)', waiting)).toContain(`${first} (ready)`);

    await run(first, 'complete');

    expect(await state(waiting)).toBe('ready');
  });

  it('may be enqueued first, or when the other is done already', async () => {
    const { first, second, volume } = await pair();
    const early = await schema.task(second, { volume });
    expect(await state(early)).toBe('blocked');
    expect(await schema.value('select fleet.why($1)', early)).toContain(`${first} (not enqueued)`);
    await schema.task(first, { volume });
    await run(first, 'complete');
    expect(await state(early)).toBe('ready');

    const third = await schema.job(`third-${serial}`, { needs: [first, second] });
    const late = await schema.task(third, { volume });
    expect(await state(late)).toBe('blocked');
    expect(await schema.value('select fleet.why($1)', late)).toContain(`${second} (ready)`);
  });

  it('waits for its own volume and version only', async () => {
    const { first, second, volume } = await pair();
    await schema.task(first, { volume });
    const elsewhere = await schema.task(second, { volume: 's3://scans/elsewhere/' });
    const otherVersion = await schema.task(second, { volume, version: 'v9' });
    await run(first, 'complete');

    expect(await state(elsewhere)).toBe('blocked');
    expect(await state(otherVersion)).toBe('blocked');
  });

  it.each([
    ['hold', 'blocked'],
    ['release', 'ready'],
    ['cancel', 'cancelled'],
  ])('with on_need_failed = %s is then %s when the other ends dead', async (policy, expected) => {
    const { first, second, volume } = await pair({ on_need_failed: policy });
    await schema.task(first, { volume });
    const waiting = await schema.task(second, { volume });
    await run(first, 'fail');

    expect(await state(waiting)).toBe(expected);
  });

  it('is not missed when both happen at the same moment', async () => {
    const { first, second } = await pair();
    const volumes = Array.from({ length: 30 }, (_, index) => `s3://scans/race-${index}/`);
    for (const volume of volumes) {
      await schema.task(first, { volume });
    }
    const worker = await schema.worker({ kinds: [first] });
    const tasks = await claim(schema.database, worker, volumes.length);

    await Promise.all(
      tasks.flatMap((task) => [
        complete(schema.database, worker, [{ ...task, figures: {} }]),
        schema.task(second, { volume: task.volume }),
      ]),
    );

    expect(
      await schema.rows(
        'select state, count(*)::int as n from fleet.task where job = $1 group by state',
        second,
      ),
    ).toEqual([{ state: 'ready', n: volumes.length }]);
  });
});
