import { describe, expect, it } from 'vitest';
import type { Feed } from '../../tui/model/feed.ts';
import { initialScreenState, type ScreenState } from '../../tui/model/screen-state.ts';
import { lineWidth, paint } from '../../tui/render/line.ts';
import { renderScreen, type Size } from '../../tui/render/screen.ts';
import type { Theme } from '../../tui/render/theme.ts';
import { sampleSnapshot } from './fleet.ts';

const plain: Theme = { ink: 'plain', glyphs: 'unicode' };
const small = { width: 80, height: 24 };
const large = { width: 200, height: 60 };

/** A rate that rose and fell. */
const history = Array.from({ length: 120 }, (_, i) => 4 + 3 * Math.sin(i / 12));

function screen(
  changes: Partial<ScreenState> = {},
  size: Size = small,
  { theme = plain, feed = shown() }: { theme?: Theme; feed?: Feed } = {},
): string {
  const lines = renderScreen(feed, { ...initialScreenState, ...changes }, size, theme);
  return `${lines.map((line) => paint(line, theme).trimEnd()).join('\n')}\n`;
}

function shown(failure?: unknown): Feed {
  return { state: 'shown', snapshot: sampleSnapshot(failure), history };
}

const file = (name: string) => `screens/${name}.txt`;

describe('the screen', () => {
  it.each(['fleet', 'workers', 'jobs'] as const)('shows %s on 80×24 and 200×60', async (view) => {
    await expect(screen({ view })).toMatchFileSnapshot(file(`${view}-80x24`));
    await expect(screen({ view }, large)).toMatchFileSnapshot(file(`${view}-200x60`));
  });

  it('shows the keys', async () => {
    await expect(screen({ help: true })).toMatchFileSnapshot(file('help-80x24'));
  });

  it('says more about the selected row', async () => {
    const selected = 'worker 4';
    await expect(screen({ selected })).toMatchFileSnapshot(file('selected-80x24'));
  });

  it('moves nothing in the row that is selected', () => {
    const rowOf = (selected: string | null) =>
      screen({ selected }, large)
        .split('\n')
        .find((line) => line.startsWith('deep-marten '));
    expect(rowOf('worker 4')).toBe(rowOf(null));
  });

  it('does without block and braille characters', async () => {
    const theme: Theme = { ink: 'plain', glyphs: 'ascii' };
    await expect(screen({}, small, { theme })).toMatchFileSnapshot(file('ascii-80x24'));
  });

  it('says that the database cannot be reached and keeps what it knew', async () => {
    const feed = shown(new Error('connection refused'));
    await expect(screen({}, small, { feed })).toMatchFileSnapshot(file('database-down-80x24'));
  });

  it('says what is wrong before there is anything to show', () => {
    const feed: Feed = { state: 'loading', error: 'no such host' };
    expect(screen({}, small, { feed })).toContain('no such host');
  });

  it('paints by meaning in colours, and in bold and inverse only without them', () => {
    const alert = shown(new Error('gone'));
    const inks = (ink: Theme['ink']) => {
      const text = screen({}, small, { theme: { ink, glyphs: 'unicode' }, feed: alert });
      // oxlint-disable-next-line no-control-regex -- the escape character is what is looked for
      return new Set([...text.matchAll(/\x1b\[([\d;]+)m/g)].map(([, sgr]) => sgr));
    };
    expect(inks('colours')).toContain('32');
    expect(inks('monochrome')).toEqual(new Set(['0', '1', '7']));
    expect(inks('plain')).toEqual(new Set());
  });

  it.each([
    [20, 5],
    [40, 12],
    [79, 23],
    [80, 24],
    [133, 40],
    [400, 100],
  ])('fills %i×%i and no more', (width, height) => {
    for (const view of ['fleet', 'workers', 'jobs'] as const) {
      const state = { ...initialScreenState, view, selected: 'worker 4' };
      const lines = renderScreen(shown(), state, { width, height }, plain);
      expect(lines).toHaveLength(height);
      expect(Math.max(...lines.map(lineWidth))).toBeLessThanOrEqual(width);
    }
  });
});
