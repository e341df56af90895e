import type { TaskStatus, WorkerStatus } from '../../fleet/status/status.ts';

/** A task in the middle of its pages; `changes` says what the test is about. */
export function taskStatus(changes: Partial<TaskStatus> = {}): TaskStatus {
  return {
    task: 17,
    job: 'ocr',
    volume: 's3://scans/W22084/I0886/',
    attempt: 1,
    fence: '4711',
    stage: 'reading',
    pagesDone: 120,
    pagesTotal: 367,
    pagesFailed: 2,
    pagesUncommitted: 8,
    pagesPerSecond: 1.2,
    startedAt: '2026-11-02T09:58:20.000Z',
    queues: { fetched: 12, reading: 2, ordered: 1 },
    ...changes,
  };
}

/** A healthy worker with one task. */
export function workerStatus(changes: Partial<WorkerStatus> = {}): WorkerStatus {
  return {
    worker: 'w-1',
    id: 1,
    name: 'amber-otter',
    host: 'ip-10-0-3-17',
    pid: 4242,
    state: 'running',
    startedAt: '2026-11-02T09:00:00.000Z',
    version: '0.1.0',
    versions: { node: '24.21.0' },
    slots: 1,
    threads: 2,
    tasks: [taskStatus()],
    totals: { pages: 4100, pagesFailed: 7, tasksDone: 11, tasksFailed: 1, bytesRead: 1.5e9 },
    pagesPerSecond: 1.2,
    timings: { fetch: 12, decode: 92, infer: 740 },
    memory: { rss: 812e6, heapUsed: 90e6, external: 300e6, limit: 4e9 },
    cpu: 1.8,
    lease: { expiresInMs: 24_000, lastBeatMsAgo: 6000 },
    database: { connected: true, listening: true },
    ...changes,
  };
}
