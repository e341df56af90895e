import { describe, expect, it } from 'vitest';
import { FleetCollector } from '../../tui/model/collect.ts';
import type { FleetQueries } from '../../tui/model/queries.ts';
import { fleetSnapshotSchema } from '../../tui/model/snapshot.ts';
import { startEndpoint } from '../status/endpoint.ts';
import { workerStatus } from '../status/worker-status.ts';
import { sampleSnapshot } from './fleet.ts';
import { jobRow, queriesOver, workerRow } from './rows.ts';

const { signal } = new AbortController();
const never = () => new Promise<never>(() => {});

/** Queries that can be made to hang or fail. */
function switchable(queries: FleetQueries) {
  const state: { answer: () => Promise<unknown> } = { answer: async () => undefined };
  const switched: FleetQueries = {
    database: async (signal) => {
      await state.answer();
      return queries.database(signal);
    },
    jobs: (signal) => queries.jobs(signal),
    workers: (signal) => queries.workers(signal),
  };
  return { state, queries: switched };
}

describe('a snapshot', () => {
  it('is what its schema says', () => {
    const snapshot = sampleSnapshot(new Error('gone'));
    expect(fleetSnapshotSchema.parse(JSON.parse(JSON.stringify(snapshot)))).toEqual(snapshot);
  });

  it('joins the rows of the database with what the workers say', async () => {
    const { url } = await startEndpoint({ source: () => workerStatus({ pagesPerSecond: 2.5 }) });
    const queries = queriesOver({ jobs: [jobRow()], workers: [workerRow({ statusUrl: url })] });
    const snapshot = await new FleetCollector({ queries }).collect(signal);
    expect(snapshot.pagesPerSecond).toEqual({ live: 2.5, recorded: 4.4 });
    expect(snapshot.workers).toMatchObject([{ condition: 'running', uptimeSeconds: 3600 }]);
  });

  it('does not believe the clock of a worker', async () => {
    const { url } = await startEndpoint({
      source: () => workerStatus({ startedAt: '2099-01-01T00:00:00.000Z' }),
    });
    const queries = queriesOver({ jobs: [], workers: [workerRow({ statusUrl: url })] });
    const { workers } = await new FleetCollector({ queries }).collect(signal);
    expect(workers[0]).toMatchObject({ uptimeSeconds: 3600, beatAgeSeconds: 6 });
  });

  it('does not take another worker at the same address for the one that is gone', async () => {
    const { url } = await startEndpoint({
      source: () => workerStatus({ id: 9, name: 'newcomer' }),
    });
    const queries = queriesOver({ jobs: [], workers: [workerRow({ statusUrl: url })] });
    const { workers } = await new FleetCollector({ queries }).collect(signal);
    expect(workers[0]).toMatchObject({
      condition: 'unreachable',
      endpoint: { error: `worker newcomer answers at ${url}` },
    });
  });

  it.each([
    ['idle', { state: 'active', tasksRunning: 0 }],
    ['running', { state: 'active', tasksRunning: 1 }],
    ['draining', { state: 'draining' }],
    ['lost', { state: 'lost' }],
    ['unreachable', { state: 'active', leaseSeconds: -3 }],
  ] as const)('says %s of a worker without an endpoint by its row', async (condition, changes) => {
    const queries = queriesOver({
      jobs: [],
      workers: [workerRow({ ...changes, statusUrl: null })],
    });
    const snapshot = await new FleetCollector({ queries }).collect(signal);
    expect(snapshot.workersByCondition).toEqual({ [condition]: 1 });
  });

  it('estimates the pages of a job by the volumes that were opened', async () => {
    const tasks = { blocked: 0, ready: 8, running: 1, done: 1, dead: 0, cancelled: 5 };
    const queries = queriesOver({
      jobs: [jobRow({ tasks, pagesKnown: 600, tasksSized: 2 })],
      workers: [],
    });
    const { jobs } = await new FleetCollector({ queries }).collect(signal);
    expect(jobs[0]?.pagesExpected).toEqual({ pages: 3000, exact: false });
  });

  it('takes the longest job for the end of all, if every one can be told', async () => {
    const eta = async (...etas: readonly (number | null)[]) => {
      const jobs = etas.map((etaSeconds, i) => jobRow({ name: `job-${i}`, etaSeconds }));
      const queries = queriesOver({ jobs, workers: [] });
      return (await new FleetCollector({ queries }).collect(signal)).etaSeconds;
    };
    expect(await eta(60, 600, 6)).toBe(600);
    expect(await eta(60, null)).toBeNull();
    expect(await eta()).toBeNull();
  });
});

describe('a database that does not answer', () => {
  it('is reported at once when nothing is known yet', async () => {
    const { state, queries } = switchable(queriesOver({ jobs: [], workers: [] }));
    state.answer = never;
    const collector = new FleetCollector({ queries, databaseTimeoutMs: 20 });
    await expect(collector.collect(signal)).rejects.toMatchObject({ code: 'DATABASE_UNREACHABLE' });
  });

  it('leaves what was known, and the workers are asked all the same', async () => {
    let pagesPerSecond = 1;
    const { url } = await startEndpoint({ source: () => workerStatus({ pagesPerSecond }) });
    const rows = { jobs: [jobRow()], workers: [workerRow({ statusUrl: url })] };
    const { state, queries } = switchable(queriesOver(rows));
    const collector = new FleetCollector({ queries });
    await collector.collect(signal);
    state.answer = () => Promise.reject(new Error('connection refused'));
    pagesPerSecond = 7;
    const snapshot = await collector.collect(signal);
    expect(snapshot.database).toMatchObject({ state: 'unreachable', error: 'connection refused' });
    expect(snapshot.jobs).toHaveLength(1);
    expect(snapshot.pagesPerSecond.live).toBe(7);
  });

  it('does not hold up an end that is asked for', async () => {
    const { state, queries } = switchable(queriesOver({ jobs: [], workers: [] }));
    state.answer = never;
    const stop = new AbortController();
    const collected = new FleetCollector({ queries }).collect(stop.signal);
    stop.abort(new Error('enough'));
    await expect(collected).rejects.toThrow('enough');
  });
});
