import { jobKey, workerKey } from '../model/row-keys.ts';
import type { ScreenState } from '../model/screen-state.ts';
import type { FleetSnapshot, JobSnapshot, WorkerSnapshot } from '../model/snapshot.ts';
import { jobColumns } from './job-columns.ts';
import { type Line, span } from './line.ts';
import { renderTable, sortRows, type Table } from './table.ts';
import type { Theme } from './theme.ts';
import { workerColumns } from './worker-columns.ts';

interface Tables {
  readonly jobs?: Table<JobSnapshot>;
  readonly workers?: Table<WorkerSnapshot>;
}

/** The tables of the view, sorted as the operator chose. */
function tablesOf({ jobs, workers }: FleetSnapshot, { view, sort, selected }: ScreenState): Tables {
  const sorted = {
    jobs: sortRows(jobColumns, jobs, view === 'jobs' ? sort.jobs : 0),
    workers: sortRows(workerColumns, workers, sort[view]),
  };
  return {
    ...(view !== 'workers' && {
      jobs: { columns: jobColumns, keyOf: jobKey, selected, ...sorted.jobs },
    }),
    ...(view !== 'jobs' && {
      workers: { columns: workerColumns, keyOf: workerKey, selected, ...sorted.workers },
    }),
  };
}

/** Keys of the rows that can be selected, from top to bottom. */
export function rowKeys(snapshot: FleetSnapshot, state: ScreenState): string[] {
  const { jobs, workers } = tablesOf(snapshot, state);
  return [...(jobs?.rows ?? []).map(jobKey), ...(workers?.rows ?? []).map(workerKey)];
}

/** The tables of the view, cut to `height` lines around the selected row. */
export function bodyLines(
  snapshot: FleetSnapshot,
  state: ScreenState,
  { width, height }: { readonly width: number; readonly height: number },
  theme: Theme,
): Line[] {
  const { jobs, workers } = tablesOf(snapshot, state);
  if (jobs === undefined)
    return workers === undefined ? [] : section(workers, width, height, theme);
  if (workers === undefined) return section(jobs, width, height, theme);
  const forJobs = Math.min(jobs.rows.length + 1, Math.max(3, Math.floor(height * 0.4)));
  return [
    ...section(jobs, width, forJobs, theme),
    [],
    ...section(workers, width, height - forJobs - 1, theme),
  ];
}

function section<Row>(table: Table<Row>, width: number, height: number, theme: Theme): Line[] {
  const window = visible(table, height - 1);
  const { head, rows } = renderTable({ ...table, rows: window.rows }, width, theme);
  const hidden = table.rows.length - window.rows.length;
  const more: Line[] = hidden > 0 ? [[span(`${hidden} more`, 'muted')]] : [];
  const none: Line[] = table.rows.length === 0 ? [[span('none', 'muted')]] : [];
  return [head, ...rows, ...more, ...none].slice(0, Math.max(0, height));
}

/** Rows around the selected one; a line is kept for saying how many are hidden. */
function visible<Row>(
  { rows, keyOf, selected }: Table<Row>,
  height: number,
): { rows: readonly Row[] } {
  if (rows.length <= height) return { rows };
  const room = Math.max(0, height - 1);
  const at = rows.findIndex((row) => keyOf(row) === selected);
  const start = Math.max(0, Math.min(at - Math.floor(room / 2), rows.length - room));
  return { rows: rows.slice(start, start + room) };
}
