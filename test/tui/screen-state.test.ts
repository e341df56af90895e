import { describe, expect, it } from 'vitest';
import { actionOf, keyBindings } from '../../tui/model/keys.ts';
import { act, initialScreenState, type ScreenState } from '../../tui/model/screen-state.ts';

const rows = Array.from({ length: 30 }, (_, i) => `row ${i}`);
const press = (state: ScreenState, ...keys: readonly string[]) =>
  keys.reduce((state, key) => {
    const action = actionOf(key);
    if (action === undefined) throw new Error(`${key} does nothing`);
    return act(state, action, rows);
  }, state);
const selectedAfter = (...keys: readonly string[]) => press(initialScreenState, ...keys).selected;

describe('the keys', () => {
  it('mean one thing each', () => {
    const keys = keyBindings.flatMap(({ keys }) => keys);
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('move the selection and stop at both ends', () => {
    expect(selectedAfter('down')).toBe('row 0');
    expect(selectedAfter('up')).toBe('row 0');
    expect(selectedAfter('j', 'j', 'down', 'k')).toBe('row 1');
    expect(selectedAfter('j', 'up', 'up')).toBe('row 0');
    expect(selectedAfter('G', 'down')).toBe('row 29');
    expect(selectedAfter('end', 'g')).toBe('row 0');
    expect(selectedAfter('home', 'pagedown')).toBe('row 10');
    expect(selectedAfter('end', 'pageup')).toBe('row 19');
  });

  it('select nothing where there are no rows', () => {
    expect(act(initialScreenState, 'down', []).selected).toBeNull();
  });

  it('begin anew when the selected row is gone', () => {
    expect(act({ ...initialScreenState, selected: 'gone' }, 'down', rows).selected).toBe('row 0');
  });

  it('go round the views', () => {
    expect(press(initialScreenState, 'tab', 'tab', 'tab').view).toBe('fleet');
    expect(press(initialScreenState, 'shift+tab').view).toBe('jobs');
  });

  it('close the help before they select nothing', () => {
    const open = press(initialScreenState, 'down', '?');
    const closed = press(open, 'escape');
    expect(closed).toMatchObject({ help: false, selected: 'row 0' });
    expect(press(closed, 'escape').selected).toBeNull();
  });
});
