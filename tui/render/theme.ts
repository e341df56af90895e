/** What a piece of text means; only this file knows how a terminal shows it. */
export type Tone =
  | 'title'
  | 'heading'
  | 'muted'
  | 'strong'
  | 'good'
  | 'busy'
  | 'waiting'
  | 'warning'
  | 'bad'
  | 'ended'
  | 'alert'
  | 'selected';

export interface Theme {
  /** `monochrome` has bold and inverse, `plain` has nothing: for files and pipes. */
  readonly ink: 'colours' | 'monochrome' | 'plain';
  /** `ascii` for terminals without block and braille characters. */
  readonly glyphs: 'unicode' | 'ascii';
}

/** SGR parameters. The sixteen colours only: they follow the terminal's own palette, light or dark. */
const colours: Readonly<Record<Tone, string>> = {
  title: '1;36',
  heading: '1',
  muted: '90',
  strong: '1',
  good: '32',
  busy: '36',
  waiting: '94',
  warning: '33',
  bad: '31',
  ended: '35',
  alert: '1;31',
  selected: '7',
};

const monochrome: Partial<Record<Tone, string>> = {
  title: '1',
  heading: '1',
  strong: '1',
  alert: '1',
  selected: '7',
};

export function sgrOf(tone: Tone, { ink }: Theme): string | undefined {
  if (ink === 'plain') return undefined;
  return ink === 'colours' ? colours[tone] : monochrome[tone];
}

/** https://no-color.org; the Linux console and non-UTF-8 locales have no braille. */
export function themeOf(env: NodeJS.ProcessEnv): Theme {
  const { NO_COLOR = '', TERM = '', LC_ALL, LC_CTYPE, LANG } = env;
  const locale = LC_ALL || LC_CTYPE || LANG || 'UTF-8';
  return {
    ink: NO_COLOR !== '' || TERM === 'dumb' || TERM.startsWith('vt1') ? 'monochrome' : 'colours',
    glyphs: TERM !== 'linux' && /utf-?8/i.test(locale) ? 'unicode' : 'ascii',
  };
}
