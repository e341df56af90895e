import { Text } from 'ink';
import { memo } from 'react';
import { type Line, paint } from '../render/line.ts';
import type { Theme } from '../render/theme.ts';

/** One row of the screen; an empty one takes its place too. */
const Row = memo(function Row({ text }: { readonly text: string }) {
  return <Text wrap="truncate">{text === '' ? ' ' : text}</Text>;
});

/** Rows that did not change are not laid out again. */
export function Rows({ lines, theme }: { readonly lines: readonly Line[]; readonly theme: Theme }) {
  // The row's number is what it is: rows have no other identity.
  return lines.map((line, row) => <Row key={row} text={paint(line, theme)} />);
}
