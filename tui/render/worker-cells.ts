import type { TaskStatus, WorkerStatus } from '../../fleet/status/status.ts';
import type { WorkerSnapshot } from '../model/snapshot.ts';
import { bar } from './bar.ts';
import { age, volumeName } from './format.ts';
import type { Cell } from './table.ts';
import type { Theme } from './theme.ts';

const unknown: Cell = { text: '-', tone: 'muted' };

/** What the worker says, or said last. */
export function lastStatus({ endpoint }: WorkerSnapshot): WorkerStatus | undefined {
  if (endpoint.state === 'ok') return endpoint.status;
  return endpoint.state === 'unreachable' ? endpoint.lastSeen?.status : undefined;
}

/** A cell of what the endpoint says: muted when it is not of now. */
export function said(
  worker: WorkerSnapshot,
  text: (status: WorkerStatus) => string | undefined,
): Cell {
  const status = lastStatus(worker);
  const known = status && text(status);
  if (known === undefined) return unknown;
  return worker.endpoint.state === 'ok' ? known : { text: known, tone: 'muted' };
}

const sumOf = (tasks: readonly TaskStatus[], field: 'pagesDone' | 'pagesTotal' | 'pagesFailed') =>
  tasks.reduce((sum, task) => sum + task[field], 0);

export function volumes({ tasks }: WorkerStatus, width: number): string | undefined {
  const [first, ...others] = tasks;
  if (first === undefined) return undefined;
  const more = others.length > 0 ? ` +${others.length}` : '';
  return volumeName(first.volume, width - more.length) + more;
}

export function pages({ tasks }: WorkerStatus): string | undefined {
  if (tasks.length === 0) return undefined;
  const total = sumOf(tasks, 'pagesTotal');
  return `${sumOf(tasks, 'pagesDone')}/${total === 0 ? '?' : total}`;
}

/** The step that pages spend most of their time in. */
export function slowestStep({ timings }: WorkerStatus): string | undefined {
  const steps = Object.entries(timings).sort(([, a], [, b]) => b - a);
  const [slowest] = steps;
  return slowest && `${slowest[0]} ${Math.round(slowest[1])} ms`;
}

export function pageBar(worker: WorkerSnapshot, width: number, theme: Theme): Cell {
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
export function beat({ beatAgeSeconds, leaseSeconds }: WorkerSnapshot): Cell {
  if (beatAgeSeconds === null) return unknown;
  const text = age(beatAgeSeconds);
  if (leaseSeconds === null || leaseSeconds > beatAgeSeconds / 2) return text;
  return { text, tone: leaseSeconds > 0 ? 'warning' : 'bad' };
}
