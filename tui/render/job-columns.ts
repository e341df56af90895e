import { outstanding, shareDone } from '../model/job-progress.ts';
import type { TaskState } from '../model/queries.ts';
import type { JobSnapshot } from '../model/snapshot.ts';
import { type BarPart, bar } from './bar.ts';
import { compact, duration, percent, rate } from './format.ts';
import type { Line } from './line.ts';
import { jobTones, taskTones } from './state-tones.ts';
import type { Column } from './table.ts';
import type { Theme, Tone } from './theme.ts';

type BarState = Exclude<TaskState, 'cancelled'>;

const barGlyphs: Readonly<Record<BarState, BarPart['glyphs']>> = {
  done: { unicode: '█', ascii: '#' },
  dead: { unicode: '▚', ascii: '!' },
  running: { unicode: '▓', ascii: '=' },
  ready: { unicode: '░', ascii: '-' },
  blocked: { unicode: '·', ascii: '.' },
};

const barStates = Object.keys(barGlyphs) as BarState[];

/**
 * While there is work left, what is done is as long as its share of the pages, and the other states
 * share the rest by their tasks.
 */
function progressBar(job: JobSnapshot, width: number, theme: Theme): Line {
  const parts = barStates.map((state) => ({
    amount: job.tasks[state],
    tone: taskTones[state],
    glyphs: barGlyphs[state],
  }));
  if (outstanding(job.tasks) === 0) return bar(parts, width, theme);
  const done = shareDone(job);
  const others = parts.slice(1);
  const sum = others.reduce((sum, { amount }) => sum + amount, 0);
  const rest = others.map((part) => ({ ...part, amount: ((1 - done) * part.amount) / sum }));
  return bar(
    [...parts.slice(0, 1).map((part) => ({ ...part, amount: done })), ...rest],
    width,
    theme,
  );
}

function pagesOf({ pagesDone, pagesExpected }: JobSnapshot): string {
  if (pagesExpected === null) return `${compact(pagesDone)}/?`;
  return `${compact(pagesDone)}/${pagesExpected.exact ? '' : '~'}${compact(pagesExpected.pages)}`;
}

const tasksIn = (
  state: TaskState,
  title: string,
  rank: number,
  tone?: Tone,
): Column<JobSnapshot> => ({
  title,
  width: Math.max(6, title.length),
  align: 'right',
  rank,
  cell: ({ tasks }) => ({
    text: compact(tasks[state]),
    tone: tasks[state] > 0 ? (tone ?? taskTones[state]) : 'muted',
  }),
});

const byName = (a: JobSnapshot, b: JobSnapshot) => a.name.localeCompare(b.name);

export const jobColumns: readonly Column<JobSnapshot>[] = [
  {
    title: 'JOB',
    width: 12,
    grow: 2,
    rank: 0,
    cell: ({ name }) => ({ text: name, tone: 'strong' }),
    compare: byName,
  },
  {
    title: 'KIND',
    width: 8,
    grow: 1,
    rank: 9,
    cell: ({ kind }) => ({ text: kind, tone: 'muted' }),
  },
  {
    title: 'STATE',
    width: 9,
    rank: 3,
    cell: ({ state }) => ({ text: state, tone: jobTones[state] }),
  },
  { title: 'PROGRESS', width: 14, grow: 6, rank: 2, cell: progressBar },
  { title: '', width: 4, align: 'right', rank: 1, cell: (job) => percent(shareDone(job)) },
  { title: 'PAGES', width: 12, align: 'right', rank: 4, cell: pagesOf },
  tasksIn('running', 'RUNNING', 8),
  tasksIn('ready', 'READY', 7),
  {
    title: 'DEAD',
    width: 5,
    align: 'right',
    rank: 6,
    cell: ({ tasks }) => ({ text: compact(tasks.dead), tone: tasks.dead > 0 ? 'bad' : 'muted' }),
    compare: (a, b) => b.tasks.dead - a.tasks.dead || byName(a, b),
  },
  {
    title: 'PAGES/S',
    width: 8,
    align: 'right',
    rank: 5,
    cell: ({ pagesPerSecond }) => rate(pagesPerSecond),
    compare: (a, b) => b.pagesPerSecond - a.pagesPerSecond || byName(a, b),
  },
  {
    title: 'ETA',
    width: 8,
    align: 'right',
    rank: 2,
    cell: ({ etaSeconds }) =>
      etaSeconds === null ? { text: '-', tone: 'muted' } : duration(etaSeconds),
    compare: (a, b) => (b.etaSeconds ?? -1) - (a.etaSeconds ?? -1) || byName(a, b),
  },
];
