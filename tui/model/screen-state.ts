import type { Action } from './keys.ts';

export const views = ['fleet', 'workers', 'jobs'] as const;
type View = (typeof views)[number];

/** What the operator chose; the rest of the screen follows from the snapshot. */
export interface ScreenState {
  readonly view: View;
  readonly help: boolean;
  readonly paused: boolean;
  /** Key of the selected row: it stays selected wherever sorting moves it. */
  readonly selected: string | null;
  /** Index into the sortable columns of the view, counted on for ever. */
  readonly sort: Readonly<Record<View, number>>;
}

export const initialScreenState: ScreenState = {
  view: 'fleet',
  help: false,
  paused: false,
  selected: null,
  sort: { fleet: 0, workers: 0, jobs: 0 },
};

const strides: Partial<Record<Action, number>> = {
  up: -1,
  down: 1,
  pageUp: -10,
  pageDown: 10,
  first: Number.NEGATIVE_INFINITY,
  last: Number.POSITIVE_INFINITY,
};

/** `rows` are the keys of the selectable rows, from top to bottom. */
export function act(state: ScreenState, action: Action, rows: readonly string[]): ScreenState {
  switch (action) {
    case 'help':
      return { ...state, help: !state.help };
    case 'close':
      return state.help ? { ...state, help: false } : { ...state, selected: null };
    case 'pause':
      return { ...state, paused: !state.paused };
    case 'nextView':
      return { ...state, view: viewBeside(state.view, 1), selected: null };
    case 'previousView':
      return { ...state, view: viewBeside(state.view, -1), selected: null };
    case 'sort':
      return { ...state, sort: { ...state.sort, [state.view]: state.sort[state.view] + 1 } };
    case 'quit':
      return state;
    default:
      return { ...state, selected: rowBeside(rows, state.selected, strides[action] ?? 0) };
  }
}

function viewBeside(view: View, step: number): View {
  const index = (views.indexOf(view) + step + views.length) % views.length;
  return views[index] ?? view;
}

/** From no selection, any step selects the first row; only a jump to the end goes elsewhere. */
function rowBeside(
  rows: readonly string[],
  selected: string | null,
  stride: number,
): string | null {
  const at = selected === null ? -1 : rows.indexOf(selected);
  const to = at === -1 && Number.isFinite(stride) ? 0 : at + stride;
  return rows[Math.max(0, Math.min(rows.length - 1, to))] ?? null;
}
