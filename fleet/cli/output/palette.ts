import { styleText } from 'node:util';

type Style = Parameters<typeof styleText>[0];

/** Colours by what they mean: no command names a raw colour. */
const styles = {
  heading: ['bold'],
  good: ['green'],
  warning: ['yellow'],
  bad: ['red'],
  quiet: ['dim'],
  name: ['cyan'],
} as const satisfies Record<string, Style>;

export type Meaning = keyof typeof styles;

export type Paint = (meaning: Meaning, text: string) => string;

/** Colours for a stream: none when it is no terminal; NO_COLOR and FORCE_COLOR decide before that. */
export function paintFor(stream: NodeJS.WriteStream): Paint {
  return (meaning, text) => styleText([...styles[meaning]], text, { stream });
}
