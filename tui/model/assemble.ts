import type { Reach } from '../../fleet/status/gather.ts';
import { fleetEta, sumTasks, toJobSnapshot } from './job-progress.ts';
import type { DatabaseRow, JobRow, WorkerRow } from './queries.ts';
import type { FleetSnapshot, WorkerSnapshot } from './snapshot.ts';
import { toWorkerSnapshot } from './worker-condition.ts';

/** The database's answers. */
export interface Rows {
  readonly database: DatabaseRow;
  readonly jobs: readonly JobRow[];
  readonly workers: readonly WorkerRow[];
  /** When they came, in monotonic milliseconds. */
  readonly atMs: number;
}

/**
 * Puts rows and statuses together. `nowMs` is on the clock of the rows' and the sightings' `atMs`;
 * `failure` is why there are no newer rows.
 */
export function assembleSnapshot(
  rows: Rows,
  reaches: ReadonlyMap<string, Reach>,
  nowMs: number,
  failure?: unknown,
): FleetSnapshot {
  const { database, jobs } = rows;
  const ageSeconds = (nowMs - rows.atMs) / 1000;
  const databaseNow = Date.parse(database.now);
  const workers = rows.workers.map((worker) =>
    toWorkerSnapshot(worker, reaches.get(worker.statusUrl ?? ''), nowMs, databaseNow),
  );
  return {
    schema: 1,
    at: database.now,
    database:
      failure === undefined
        ? { state: 'ok', name: database.name }
        : { state: 'unreachable', name: database.name, error: messageOf(failure), ageSeconds },
    pagesPerSecond: {
      live: workers.reduce((sum, { endpoint }) => sum + liveRate(endpoint), 0),
      recorded: jobs.reduce((sum, { pagesPerSecond }) => sum + pagesPerSecond, 0),
    },
    etaSeconds: fleetEta(jobs),
    tasks: sumTasks(jobs),
    workersByCondition: countConditions(workers),
    jobs: jobs.map(toJobSnapshot),
    workers,
  };
}

function liveRate(endpoint: WorkerSnapshot['endpoint']): number {
  return endpoint.state === 'ok' ? endpoint.status.pagesPerSecond : 0;
}

function countConditions(workers: readonly WorkerSnapshot[]): FleetSnapshot['workersByCondition'] {
  const counts: FleetSnapshot['workersByCondition'] = {};
  for (const { condition } of workers) counts[condition] = (counts[condition] ?? 0) + 1;
  return counts;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
