import type { Reach } from '../../fleet/status/gather.ts';
import type { WorkerStatus } from '../../fleet/status/status.ts';
import { assembleSnapshot } from '../../tui/model/assemble.ts';
import type { FleetSnapshot } from '../../tui/model/snapshot.ts';
import { taskStatus, workerStatus } from '../status/worker-status.ts';
import { databaseNow, type FleetRows, jobRow, workerRow } from './rows.ts';

const volumes = ['W22084/I0886', 'W1KG13126/I1KG13132', 'W8LS76242/I8LS76244', 'W23703/I1448'];

/** A fleet with something of everything that `fleet top` tells apart. */
export const sampleRows: FleetRows = {
  jobs: [
    jobRow(),
    jobRow({
      name: 'layout',
      kind: 'ldv1',
      state: 'paused',
      tasks: { blocked: 0, ready: 0, running: 0, done: 3120, dead: 12, cancelled: 40 },
      pagesDone: 1_148_900,
      pagesKnown: 1_148_900,
      tasksSized: 3132,
      pagesPerSecond: 0,
      etaSeconds: null,
    }),
    jobRow({
      name: 'tib/ocr',
      kind: 'ocrv1',
      tasks: { blocked: 60, ready: 39, running: 1, done: 0, dead: 0, cancelled: 0 },
      pagesDone: 120,
      pagesFailed: 2,
      pagesKnown: 367,
      tasksSized: 1,
      pagesPerSecond: 1.2,
      etaSeconds: 30_500,
    }),
  ],
  workers: [
    workerRow(),
    workerRow({
      id: 2,
      name: 'blue-heron',
      host: 'ip-10-0-3-18',
      state: 'draining',
      reason: 'SIGTERM',
    }),
    workerRow({
      id: 3,
      name: 'calm-ibis',
      host: 'ip-10-0-3-19',
      tasksRunning: 0,
      beatAgeSeconds: 2,
    }),
    workerRow({
      id: 4,
      name: 'deep-marten',
      host: 'ip-10-0-3-20',
      beatAgeSeconds: 21,
      leaseSeconds: 9,
    }),
    workerRow({ id: 5, name: 'early-wren', host: 'ip-10-0-3-21' }),
    workerRow({
      id: 6,
      name: 'fond-lynx',
      host: 'ip-10-0-3-22',
      state: 'lost',
      beatAgeSeconds: 400,
      leaseSeconds: -370,
      tasksRunning: 0,
    }),
  ],
};

/** What the sample's workers say; the fourth has stopped answering, the sixth is gone. */
export function sampleStatus(id: number): WorkerStatus {
  const row = sampleRows.workers.find((worker) => worker.id === id);
  const task = taskStatus({
    job: id === 5 ? 'tib/ocr' : 'ocr',
    volume: `s3://scans/${volumes[id % volumes.length]}/`,
    pagesDone: 40 + 60 * id,
    pagesTotal: 367 + 11 * id,
  });
  return workerStatus({
    id,
    name: row?.name ?? '',
    host: row?.host ?? '',
    state: id === 2 ? 'draining' : id === 3 ? 'idle' : 'running',
    tasks: id === 3 ? [] : [task],
    cpu: id === 3 ? 0.02 : 1.8,
    pagesPerSecond: id === 3 ? 0 : 1 + id / 10,
    memory: { rss: 600e6 + id * 90e6, heapUsed: 90e6, external: 300e6, limit: 4e9 },
  });
}

function sampleReach(id: number): Reach {
  const status = sampleStatus(id);
  if (id !== 4) return { state: 'ok', status, atMs: nowMs };
  const error = 'http://10.0.3.20:9100: no answer within 1000 ms';
  return { state: 'unreachable', error, lastSeen: { status, atMs: nowMs - 75_000 } };
}

const nowMs = 1_000_000;

/** One snapshot of the sample, the same at every call; `failure` is what became of the database. */
export function sampleSnapshot(failure?: unknown): FleetSnapshot {
  const urlOf = (id: number) => `http://10.0.3.${16 + id}:9100`;
  const workers = sampleRows.workers.map((row) => ({ ...row, statusUrl: urlOf(row.id) }));
  const reaches = workers.map(({ id, statusUrl }) => [statusUrl, sampleReach(id)] as const);
  const database = { name: 'fleet', now: databaseNow };
  const rows = { database, jobs: sampleRows.jobs, workers, atMs: nowMs - 40_000 };
  return assembleSnapshot(rows, new Map(reaches), nowMs, failure);
}
