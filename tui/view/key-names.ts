import type { Key } from 'ink';

const named = {
  upArrow: 'up',
  downArrow: 'down',
  pageUp: 'pageup',
  pageDown: 'pagedown',
  home: 'home',
  end: 'end',
  escape: 'escape',
} as const;

/** The names of what was pressed, as the key table has them: several when keys came in one read. */
export function keyNames(input: string, key: Key): string[] {
  if (key.tab) return [key.shift ? 'shift+tab' : 'tab'];
  for (const [field, name] of Object.entries(named)) {
    if (key[field as keyof typeof named]) return [name];
  }
  if (key.ctrl) return [`ctrl+${input}`];
  return key.meta ? [] : Array.from(input, (character) => (character === '\t' ? 'tab' : character));
}
