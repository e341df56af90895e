import type { TaskStatus, WorkerStatus } from '../../fleet/status/status.ts';
import { type WorkerSnapshot, workerConditions } from '../model/snapshot.ts';
import { bar } from './bar.ts';
import { age, bytes, duration, rate, volumeName } from './format.ts';
import { workerTones } from './state-tones.ts';
import type { Cell, Column } from './table.ts';
import type { Theme } from './theme.ts';

const unknown: Cell = { text: '-', tone: 'muted' };

/** What the worker says, or said last. */
export function lastStatus({ endpoint }: WorkerSnapshot): WorkerStatus | undefined {
  if (endpoint.state === 'ok') return endpoint.status;
  return endpoint.state === 'unreachable' ? endpoint.lastSeen?.status : undefined;
}

/** A cell of what the endpoint says: muted when it is not of now. */
function said(worker: WorkerSnapshot, text: (status: WorkerStatus) => string | undefined): Cell {
  const status = lastStatus(worker);
  const known = status && text(status);
  if (known === undefined) return unknown;
  return worker.endpoint.state === 'ok' ? known : { text: known, tone: 'muted' };
}

const sumOf = (tasks: readonly TaskStatus[], field: 'pagesDone' | 'pagesTotal' | 'pagesFailed') =>
  tasks.reduce((sum, task) => sum + task[field], 0);

function volumes({ tasks }: WorkerStatus, width: number): string | undefined {
  const [first, ...others] = tasks;
  if (first === undefined) return undefined;
  const more = others.length > 0 ? ` +${others.length}` : '';
  return volumeName(first.volume, width - more.length) + more;
}

function pages({ tasks }: WorkerStatus): string | undefined {
  if (tasks.length === 0) return undefined;
  const total = sumOf(tasks, 'pagesTotal');
  return `${sumOf(tasks, 'pagesDone')}/${total === 0 ? '?' : total}`;
}

/** The step that pages spend most of their time in. */
function slowestStep({ timings }: WorkerStatus): string | undefined {
  const steps = Object.entries(timings).sort(([, a], [, b]) => b - a);
  const [slowest] = steps;
  return slowest && `${slowest[0]} ${Math.round(slowest[1])} ms`;
}

function pageBar(worker: WorkerSnapshot, width: number, theme: Theme): Cell {
  const tasks = lastStatus(worker)?.tasks ?? [];
  const total = sumOf(tasks, 'pagesTotal');
  if (total === 0) return unknown;
  const failed = sumOf(tasks, 'pagesFailed');
  const done = sumOf(tasks, 'pagesDone');
  const live = worker.endpoint.state === 'ok';
  return bar(
    [
      {
        amount: done - failed,
        tone: live ? 'good' : 'muted',
        glyphs: { unicode: '█', ascii: '#' },
      },
      { amount: failed, tone: 'bad', glyphs: { unicode: '▚', ascii: '!' } },
      { amount: Math.max(0, total - done), tone: 'muted', glyphs: { unicode: '░', ascii: '-' } },
    ],
    width,
    theme,
  );
}

/** Beats are late when the lease is running out. */
function beat({ beatAgeSeconds, leaseSeconds }: WorkerSnapshot): Cell {
  if (beatAgeSeconds === null) return unknown;
  const text = age(beatAgeSeconds);
  if (leaseSeconds === null || leaseSeconds > beatAgeSeconds / 2) return text;
  return { text, tone: leaseSeconds > 0 ? 'warning' : 'bad' };
}

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
