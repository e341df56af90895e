import type { FleetQueries, JobRow, WorkerRow } from '../../tui/model/queries.ts';

export const databaseNow = '2026-11-02T10:00:00.000Z';

export function jobRow(changes: Partial<JobRow> = {}): JobRow {
  return {
    name: 'ocr',
    kind: 'ocr',
    state: 'active',
    tasks: { blocked: 0, ready: 41, running: 4, done: 54, dead: 1, cancelled: 0 },
    pagesDone: 20_400,
    pagesFailed: 61,
    pagesKnown: 36_700,
    tasksSized: 100,
    pagesPerSecond: 4.4,
    etaSeconds: 3705,
    ...changes,
  };
}

export function workerRow(changes: Partial<WorkerRow> = {}): WorkerRow {
  return {
    id: 1,
    name: 'amber-otter',
    host: 'ip-10-0-3-17',
    state: 'active',
    reason: null,
    statusUrl: 'http://10.0.3.17:9100',
    beatAgeSeconds: 6,
    leaseSeconds: 24,
    slots: 1,
    tasksRunning: 1,
    startedAt: '2026-11-02T09:00:00.000Z',
    ...changes,
  };
}

/** Rows that stand for the database's answers. */
export interface FleetRows {
  readonly jobs: readonly JobRow[];
  readonly workers: readonly WorkerRow[];
}

export function queriesOver(rows: FleetRows): FleetQueries {
  return {
    database: async () => ({ name: 'fleet', now: databaseNow }),
    jobs: async () => rows.jobs,
    workers: async () => rows.workers,
  };
}
