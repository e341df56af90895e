import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDatabase, type Database } from '../../fleet/queue/database.ts';
import { createDatabase, type TestDatabase } from '../harness/database.ts';
import { until } from '../harness/until.ts';
import { History } from './concurrency/history.ts';
import { interveneWildly, setRight } from './concurrency/operator.ts';
import { workWildly } from './concurrency/worker.ts';

const volumes = 150;
const workers = 6;
const wildClaims = 1500;
const isOpen = "state in ('blocked', 'ready', 'running')";

describe('workers at the same time, that freeze, fail and leave, and an operator who intervenes', () => {
  let created: TestDatabase;
  let database: Database;
  const history = new History();

  beforeAll(async () => {
    created = await createDatabase();
    database = open(workers);
    await database.query(
      `insert into fleet.job (name, kind, output, needs, max_attempts) values ('first', 'test', 'file:///o/', '{}', 1000),
         ('second', 'test', 'file:///o/', '{}', 1000), ('both', 'test', 'file:///o/', '{first,second}', 1000)`,
    );
    await runWild();
  }, 180_000);
  afterAll(async () => {
    await database.close();
    await created.drop();
  });

  function open(size: number): Database {
    return openDatabase({ url: created.url, applicationName: 'test', size });
  }

  /** Wild until there were enough claims, then tame until everything is done. */
  async function runWild(): Promise<void> {
    const working = new AbortController();
    const intervening = new AbortController();
    const options = {
      random: Math.random,
      signal: working.signal,
      wild: () => !intervening.signal.aborted,
    };
    const peers = Array.from({ length: workers }, () => workWildly(database, history, options));
    const operator = interveneWildly(database, Math.random, intervening.signal);
    const running = Promise.all([...peers, operator]);
    await Promise.race([running, insertRacingNeeds()]);
    await Promise.race([running, until(untilDone, { timeoutMs: 100_000 })]);
    working.abort();
    await running;

    async function untilDone(): Promise<boolean> {
      const isOver = history.claims.length > wildClaims || (await count(isOpen)) === 0;
      if (!isOver) return false;
      if (!intervening.signal.aborted) {
        intervening.abort();
        await operator;
        await setRight(database);
      }
      return (await count("state <> 'done'")) === 0;
    }
  }

  /** Statement by statement, while the workers complete what was inserted before. */
  async function insertRacingNeeds(): Promise<void> {
    for (let volume = 0; volume < volumes; volume += 1) {
      const jobs = ['first', 'second', 'both'].toSorted(() => Math.random() - 0.5);
      await Promise.all(
        jobs.map((job) =>
          database.query('insert into fleet.task (job, volume) values ($1, $2)', [
            job,
            `s3://scans/${volume}/`,
          ]),
        ),
      );
    }
  }

  async function count(condition: string): Promise<number> {
    const rows = await database.query<{ n: number }>(
      `select count(*)::int as n from fleet.task where ${condition}`,
    );
    return rows[0]?.n ?? -1;
  }

  it('lose no task: all are done in the end, none is held', async () => {
    expect(await count("state = 'done' and worker is null")).toBe(3 * volumes);
  });

  it('never get the same fence twice', () => {
    expect(history.fencesGivenTwice()).toEqual([]);
  });

  it('change nothing under a fence after the next claim was answered', () => {
    expect(history.effects.length).toBeGreaterThan(3 * volumes);
    expect(history.effectsUnderOldFences()).toEqual([]);
  });

  it('leave an attempt for every claim, in the order of the fences, without gaps', async () => {
    const wrong = await database.query(
      `select t.id, t.attempt, count(a.*)::int as attempts from fleet.task t left join fleet.attempt a on a.task = t.id
       group by t.id having count(a.*) <> t.attempt or max(a.number) <> t.attempt
         or max(a.fence) <> t.fence or count(*) filter (where a.outcome = 'done') <> 1
         or array_agg(a.fence order by a.number) <> array_agg(a.fence order by a.fence)`,
    );
    expect(wrong).toEqual([]);
    const [ended] = await database.query<{ n: number }>(
      'select count(*)::int as n from fleet.attempt',
    );
    expect(ended?.n).toBeGreaterThanOrEqual(history.claims.length);
  });

  it('leave counts that equal the rows', async () => {
    const progress = await database.query(
      'select job, blocked::int, ready::int, running::int, done::int, dead::int, cancelled::int from fleet.progress',
    );
    const rest = { blocked: 0, ready: 0, running: 0, done: volumes, dead: 0, cancelled: 0 };
    expect(progress).toEqual(['both', 'first', 'second'].map((job) => ({ job, ...rest })));
  });
});
