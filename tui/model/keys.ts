/** What a key does. */
export type Action =
  | 'quit'
  | 'help'
  | 'pause'
  | 'nextView'
  | 'previousView'
  | 'sort'
  | 'up'
  | 'down'
  | 'pageUp'
  | 'pageDown'
  | 'first'
  | 'last'
  | 'close';

export interface KeyBinding {
  readonly action: Action;
  /** Names as `keyNames` gives them. */
  readonly keys: readonly string[];
  /** For the bottom line, where there is room for few. */
  readonly hint?: readonly [key: string, does: string];
  readonly description: string;
}

/** Every key there is: what is pressed, what the help shows and what the tests press. */
export const keyBindings: readonly KeyBinding[] = [
  { action: 'quit', keys: ['q', 'ctrl+c'], hint: ['q', 'quit'], description: 'quit' },
  { action: 'help', keys: ['?'], hint: ['?', 'help'], description: 'show or hide this help' },
  {
    action: 'nextView',
    keys: ['tab'],
    hint: ['Tab', 'view'],
    description: 'next view: fleet, workers, jobs',
  },
  { action: 'previousView', keys: ['shift+tab'], description: 'previous view' },
  { action: 'pause', keys: ['p'], hint: ['p', 'pause'], description: 'stop refreshing, or go on' },
  { action: 'sort', keys: ['s'], hint: ['s', 'sort'], description: 'sort by the next column' },
  { action: 'up', keys: ['up', 'k'], hint: ['↑↓', 'select'], description: 'select the row above' },
  { action: 'down', keys: ['down', 'j'], description: 'select the row below' },
  { action: 'pageUp', keys: ['pageup', 'ctrl+b'], description: 'ten rows up' },
  { action: 'pageDown', keys: ['pagedown', 'ctrl+f'], description: 'ten rows down' },
  { action: 'first', keys: ['home', 'g'], description: 'select the first row' },
  { action: 'last', keys: ['end', 'G'], description: 'select the last row' },
  { action: 'close', keys: ['escape'], description: 'close the help, or select nothing' },
];

const actions = new Map(
  keyBindings.flatMap(({ action, keys }) => keys.map((key) => [key, action])),
);

export function actionOf(key: string): Action | undefined {
  return actions.get(key);
}
