import { taskStates } from '../model/queries.ts';
import { type FleetSnapshot, workerConditions } from '../model/snapshot.ts';
import { age, duration, grouped, rate } from './format.ts';
import { graph } from './graph.ts';
import { type Line, span, spread } from './line.ts';
import { taskTones, workerTones } from './state-tones.ts';
import type { Theme, Tone } from './theme.ts';

const figuresWidth = 26;

/** Live rates where workers can be reached, recorded ones elsewhere. */
function pagesPerSecond({ pagesPerSecond: { live, recorded }, workers }: FleetSnapshot): number {
  return workers.some(({ endpoint }) => endpoint.state === 'ok') ? live : recorded;
}

/** The two figures that are asked for first. */
export function figures(snapshot: FleetSnapshot): readonly [Line, Line] {
  const { etaSeconds } = snapshot;
  return [
    [span(rate(pagesPerSecond(snapshot)), 'strong'), span(' pages/s')],
    etaSeconds === null
      ? [span('ETA ', 'muted'), span('-', 'muted')]
      : [span('ETA ', 'muted'), span(duration(etaSeconds), 'strong')],
  ];
}

/** Figures at the left, the history of the rate at the right, in two rows. */
export function rateGraph(
  snapshot: FleetSnapshot,
  history: readonly number[],
  width: number,
  theme: Theme,
): Line[] {
  const room = Math.max(0, width - figuresWidth);
  const rows = graph(history, room, 2, theme);
  return figures(snapshot).map((figure, i) => spread(figure, [span(rows[i] ?? '', 'busy')], width));
}

function counts(
  title: string,
  entries: readonly (readonly [name: string, count: number, tone: Tone])[],
): Line {
  const shown = entries.filter(([, count]) => count > 0);
  const spans = shown.flatMap(([name, count, tone]) => [
    span('  '),
    span(grouped(count), tone),
    span(` ${name}`),
  ]);
  return [
    span(title.padEnd(7), 'muted'),
    ...(spans.length === 0 ? [span('  none', 'muted')] : spans),
  ];
}

export function taskCounts({ tasks }: FleetSnapshot): Line {
  return counts(
    'tasks',
    taskStates.map((state) => [state, tasks[state], taskTones[state]]),
  );
}

export function workerCounts({ workersByCondition }: FleetSnapshot): Line {
  return counts(
    'workers',
    workerConditions.map((condition) => [
      condition,
      workersByCondition[condition] ?? 0,
      workerTones[condition],
    ]),
  );
}

/** What must not be overlooked. */
export function alerts({ database }: FleetSnapshot): Line[] {
  if (database.state === 'ok') return [];
  const { error, ageSeconds } = database;
  return [[span(`database unreachable for ${age(ageSeconds)}: ${error}`, 'alert')]];
}

/** Seconds of the database's clock, in UTC. */
export function clockTime(at: string): string {
  return `${new Date(at).toISOString().slice(11, 19)} UTC`;
}
