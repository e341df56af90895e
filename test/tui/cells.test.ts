import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { apportion } from '../../tui/render/bar.ts';
import {
  age,
  bytes,
  compact,
  duration,
  percent,
  rate,
  volumeName,
} from '../../tui/render/format.ts';
import { graph } from '../../tui/render/graph.ts';
import { clean, clip, fit, lineWidth, span, widthOf } from '../../tui/render/line.ts';
import { themeOf } from '../../tui/render/theme.ts';

describe('text from elsewhere', () => {
  it('cannot drive the terminal', () => {
    expect(clean('a\x1b[2Jb\x1b]0;title\x07c\r\nd\x9b31me')).not.toMatch(/\p{Cc}/u);
    expect(clean('two\nlines\tand a tab')).toBe('two lines and a tab');
  });

  it('takes exactly the columns that it is given', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme' }),
        fc.integer({ min: 0, max: 40 }),
        (text, width) => {
          expect(widthOf(fit(text, width))).toBe(width);
          expect(lineWidth(clip([span(text), span(text)], width))).toBeLessThanOrEqual(width);
        },
      ),
    );
  });

  it('is cut with an ellipsis, wide characters and Tibetan stacks as wholes', () => {
    expect(fit('volume-0001', 8)).toBe('volume-…');
    expect(fit('漢字漢字', 6)).toBe('漢字… ');
    expect(fit('7', 3, 'right')).toBe('  7');
  });
});

describe('figures', () => {
  it('are short', () => {
    expect([0, 7, 999, 1000, 20_400, 999_999, 22e6].map(compact)).toEqual([
      '0',
      '7',
      '999',
      '1.00k',
      '20.4k',
      '1.00M',
      '22.0M',
    ]);
    expect([812e6, 999e6, 1.25e9].map(bytes)).toEqual(['812M', '999M', '1.25G']);
    expect([0, 0.041, 0.0951, 1.26, 99.96, 1234].map(rate)).toEqual([
      '0',
      '0.04',
      '0.1',
      '1.3',
      '100',
      '1.23k',
    ]);
  });

  it('tell times in their largest units', () => {
    expect([0, 59.6, 750, 12_000, 86_400 * 12 + 4 * 3600].map(duration)).toEqual([
      '0s',
      '1m 0s',
      '12m 30s',
      '3h 20m',
      '12d 4h',
    ]);
    expect([6, 99, 750, 7200, 86_400 * 3].map(age)).toEqual(['6s', '99s', '13m', '2h', '3d']);
  });

  it('say 100% only of what is done', () => {
    expect([0, 0.999, 1].map(percent)).toEqual(['0%', '99%', '100%']);
  });

  it('name a volume by as much as there is room for', () => {
    expect(volumeName('s3://scans/W22084/I0886/', 20)).toBe('W22084/I0886');
    expect(volumeName('s3://scans/W22084/I0886/', 8)).toBe('I0886');
  });
});

describe('a bar', () => {
  it('shares its cells out to the last, and to everything that is there', () => {
    const amounts = fc.array(fc.nat(1e6), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(amounts, fc.integer({ min: 6, max: 200 }), (amounts, width) => {
        const cells = apportion(amounts, width);
        const total = cells.reduce((sum, cell) => sum + cell, 0);
        expect(total).toBe(amounts.some((amount) => amount > 0) ? width : 0);
        amounts.forEach((amount, i) => expect((cells[i] ?? 0) > 0).toBe(amount > 0));
      }),
    );
  });
});

describe('the graph', () => {
  const unicode = { ink: 'plain', glyphs: 'unicode' } as const;

  it('draws two values a character, the newest at the right, the highest at the top', () => {
    expect(graph([0, 1, 2, 3, 4], 3, 1, unicode)).toEqual(['⠀⣠⣾']);
    expect(graph([8, 4], 1, 2, unicode)).toEqual(['⡇', '⣿']);
  });

  it('is empty where nothing happened, and shows whatever did', () => {
    expect(graph([], 2, 1, unicode)).toEqual(['⠀⠀']);
    expect(graph([0.001, 1000], 1, 1, unicode)).toEqual(['⣸']);
  });

  it('is drawn in ASCII for terminals that have no more', () => {
    expect(graph([0, 1, 2, 3], 4, 1, { ink: 'plain', glyphs: 'ascii' })).toEqual([' .:|']);
  });
});

describe('the theme', () => {
  it('follows the terminal and NO_COLOR', () => {
    expect(themeOf({ TERM: 'xterm-256color', LANG: 'en_US.UTF-8' })).toEqual({
      ink: 'colours',
      glyphs: 'unicode',
    });
    expect(themeOf({ TERM: 'xterm', NO_COLOR: '1' }).ink).toBe('monochrome');
    expect(themeOf({ TERM: 'xterm', NO_COLOR: '' }).ink).toBe('colours');
    expect(themeOf({ TERM: 'linux', LANG: 'C.UTF-8' }).glyphs).toBe('ascii');
    expect(themeOf({ TERM: 'xterm', LC_ALL: 'POSIX' }).glyphs).toBe('ascii');
  });
});
