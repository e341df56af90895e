import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { claim } from '../../fleet/queue/protocol/claim.ts';
import { complete, fail, release } from '../../fleet/queue/protocol/finish.ts';
import { sweep } from '../../fleet/queue/protocol/sweep.ts';
import { useSchema } from './schema.ts';

const step = fc.constantFrom(
  'insert',
  'claim',
  'complete',
  'fail',
  'release',
  'cancel',
  'redrive',
  'delete',
  'fold',
);

describe('the counts in the views', () => {
  const schema = useSchema();

  it('equal the rows, whatever happens in whatever order', async () => {
    await schema.job('counted', { kind: 'counted', retry_base: '0', max_attempts: 2 });
    const worker = await schema.worker({ kinds: ['counted'] });

    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 25 }), async (steps) => {
        for (const each of steps) {
          await perform(each, worker);
        }
        expect(await fromView()).toEqual(await fromRows());
      }),
      { numRuns: 40 },
    );
  });

  async function perform(each: string, worker: number): Promise<void> {
    const database = schema.database;
    const held = await schema.rows<{ task: number; fence: string }>(
      "select id::float as task, fence from fleet.task where state = 'running' order by random() limit 2",
    );
    switch (each) {
      case 'insert':
        await schema.task('counted');
        await schema.task('counted');
        break;
      case 'claim':
        await claim(database, worker, 2);
        break;
      case 'complete':
        await complete(
          database,
          worker,
          held.map((task) => ({ ...task, figures: { pages: 7 } })),
        );
        break;
      case 'fail':
        for (const task of held) {
          await fail(database, worker, task, {
            retryable: true,
            stage: 'read',
            code: 'X',
            message: 'x',
          });
        }
        break;
      case 'release':
        await release(database, worker, held, 'test');
        break;
      case 'cancel':
        await database.query(
          "update fleet.task set state = 'cancelled' where id in (select id from fleet.task where state in ('ready', 'running') order by random() limit 1)",
        );
        break;
      case 'redrive':
        await database.query("select fleet.redrive('counted', '{dead,cancelled}')");
        break;
      case 'delete':
        await database.query(
          "delete from fleet.task where id in (select id from fleet.task where state <> 'running' order by random() limit 1)",
        );
        break;
      default:
        await database.query(
          'insert into fleet.tally select $1, $2, 0, 0, 0 from generate_series(1, 600)',
          ['counted', 'ready'],
        );
        await sweep(database, worker);
    }
  }

  function fromView() {
    return schema.rows(
      "select ready::int, running::int, done::int, dead::int, cancelled::int, (select coalesce(sum(pages), 0) from fleet.tally where state = 'done')::int as pages from fleet.progress",
    );
  }

  function fromRows() {
    return schema.rows(
      `select count(*) filter (where state = 'ready')::int as ready, count(*) filter (where state = 'running')::int as running,
         count(*) filter (where state = 'done')::int as done, count(*) filter (where state = 'dead')::int as dead,
         count(*) filter (where state = 'cancelled')::int as cancelled,
         coalesce(sum(pages) filter (where state = 'done'), 0)::int as pages
       from fleet.task`,
    );
  }
});

describe('the count of failed pages', () => {
  const schema = useSchema();

  it('stays what it was when minutes of days ago are folded', async () => {
    await schema.job('aged');
    await schema.database.query(
      `insert into fleet.pace
       select 'aged', now() - interval '2 days' + n * interval '1 second', 2, 1 from generate_series(1, 10001) n`,
    );
    await sweep(schema.database, await schema.worker());
    expect(await schema.rows('select pages::int, failed::int from fleet.pace')).toEqual([
      { pages: 20_002, failed: 10_001 },
    ]);
    expect(await schema.value('select pages_failed::int from fleet.progress')).toBe(10_001);
  });
});
