import { initialScreenState } from '../model/screen-state.ts';
import type { FleetSnapshot } from '../model/snapshot.ts';
import { bodyLines } from './body.ts';
import { alerts, figures, taskCounts, workerCounts } from './header.ts';
import { clip, type Line, paint, span } from './line.ts';
import type { Theme } from './theme.ts';

export interface PrintOptions {
  readonly width: number;
  readonly color: boolean;
}

/** The fleet as text, every row of it: for `--once`, files and pipes. */
export function printOnce(snapshot: FleetSnapshot, { width, color }: PrintOptions): string {
  const theme: Theme = { ink: color ? 'colours' : 'plain', glyphs: 'unicode' };
  const [pages, eta] = figures(snapshot);
  const height = snapshot.jobs.length + snapshot.workers.length + 10;
  const lines: Line[] = [
    [span(snapshot.database.name, 'title'), span(`  ${snapshot.at}`, 'muted')],
    ...alerts(snapshot),
    [...pages, span('  '), ...eta],
    taskCounts(snapshot),
    workerCounts(snapshot),
    [],
    ...bodyLines(snapshot, initialScreenState, { width, height: height * 3 }, theme),
  ];
  return lines.map((line) => `${paint(clip(line, width), theme).trimEnd()}\n`).join('');
}
