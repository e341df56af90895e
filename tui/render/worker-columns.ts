import type { WorkerStatus } from '../../fleet/status/status.ts';
import { type WorkerSnapshot, workerConditions } from '../model/snapshot.ts';
import { bytes, duration, rate } from './format.ts';
import { workerTones } from './state-tones.ts';
import type { Column } from './table.ts';
import { beat, lastStatus, pageBar, pages, said, slowestStep, volumes } from './worker-cells.ts';

const byName = (a: WorkerSnapshot, b: WorkerSnapshot) =>
  a.name.localeCompare(b.name) || a.id - b.id;
const troubleFirst = (a: WorkerSnapshot, b: WorkerSnapshot) =>
  workerConditions.indexOf(b.condition) - workerConditions.indexOf(a.condition);
const descending =
  (value: (status: WorkerStatus) => number) => (a: WorkerSnapshot, b: WorkerSnapshot) => {
    const of = (worker: WorkerSnapshot) => {
      const status = lastStatus(worker);
      return status === undefined ? -1 : value(status);
    };
    return of(b) - of(a) || byName(a, b);
  };

export const workerColumns: readonly Column<WorkerSnapshot>[] = [
  {
    title: 'WORKER',
    width: 13,
    grow: 2,
    rank: 0,
    cell: ({ name }) => ({ text: name, tone: 'strong' }),
    compare: byName,
  },
  {
    title: 'STATE',
    width: 11,
    rank: 1,
    cell: ({ condition }) => ({ text: condition, tone: workerTones[condition] }),
    compare: (a, b) => troubleFirst(a, b) || byName(a, b),
  },
  {
    title: 'HOST',
    width: 14,
    grow: 1,
    rank: 9,
    cell: ({ host }) => ({ text: host, tone: 'muted' }),
  },
  {
    title: 'JOB',
    width: 8,
    grow: 1,
    rank: 5,
    cell: (worker) => said(worker, (s) => s.tasks[0]?.job),
  },
  {
    title: 'VOLUME',
    width: 13,
    grow: 3,
    rank: 3,
    cell: (worker, width) => said(worker, (s) => volumes(s, width)),
  },
  { title: 'PROGRESS', width: 12, grow: 3, rank: 7, cell: pageBar },
  { title: 'PAGE', width: 9, align: 'right', rank: 2, cell: (worker) => said(worker, pages) },
  {
    title: 'PG/S',
    width: 5,
    align: 'right',
    rank: 4,
    cell: (worker) => said(worker, (s) => rate(s.pagesPerSecond)),
    compare: descending((s) => s.pagesPerSecond),
  },
  {
    title: 'CPU',
    width: 5,
    align: 'right',
    rank: 8,
    cell: (worker) => said(worker, (s) => `${Math.round(s.cpu * 100)}%`),
  },
  {
    title: 'MEM',
    width: 5,
    align: 'right',
    rank: 6,
    cell: (worker) => said(worker, (s) => bytes(s.memory.rss)),
    compare: descending((s) => s.memory.rss),
  },
  {
    title: 'SLOWEST STEP',
    width: 14,
    grow: 1,
    rank: 11,
    cell: (worker) => said(worker, slowestStep),
  },
  {
    title: 'UP',
    width: 8,
    align: 'right',
    rank: 10,
    cell: ({ uptimeSeconds }) => duration(uptimeSeconds),
  },
  {
    title: 'BEAT',
    width: 5,
    align: 'right',
    rank: 3,
    cell: beat,
    compare: (a, b) => (b.beatAgeSeconds ?? -1) - (a.beatAgeSeconds ?? -1) || byName(a, b),
  },
];
