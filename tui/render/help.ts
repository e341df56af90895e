import { keyBindings } from '../model/keys.ts';
import { fit, type Line, span } from './line.ts';

const keysWidth = 20;

/** The key table as lines. */
export function helpLines(width: number): Line[] {
  return [
    [span('Keys', 'title')],
    [],
    ...keyBindings.map(({ keys, description }) => [
      span(fit(`  ${keys.join(', ')}`, Math.min(width, keysWidth)), 'strong'),
      span(description),
    ]),
    [],
    [span('Bars: done, dead, running, ready, blocked; by pages where they are known.', 'muted')],
  ];
}

/** The bottom line. */
export function hintLine(): Line {
  return keyBindings.flatMap(({ hint }) =>
    hint === undefined ? [] : [span(hint[0], 'strong'), span(` ${hint[1]}  `, 'muted')],
  );
}
