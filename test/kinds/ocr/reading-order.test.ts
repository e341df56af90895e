import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inReadingOrder } from '../../../fleet/kinds/ocr/reading-order.ts';

interface Drawn {
  readonly name: string;
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/**
 * Lines from a drawing: each run of one letter in a row is a line of text, named by the letter and
 * numbered from the top.
 */
function draw(drawing: string): Drawn[] {
  const counts = new Map<string, number>();
  return drawing.split('\n').flatMap((row, y) =>
    [...row.matchAll(/([a-z])\1*/g)].map((run) => {
      const letter = run[1]!;
      const number = (counts.get(letter) ?? 0) + 1;
      counts.set(letter, number);
      const left = run.index * 20;
      return {
        name: `${letter}${number}`,
        left,
        top: y * 50,
        right: left + run[0].length * 20,
        bottom: y * 50 + 40,
      };
    }),
  );
}

const order = (lines: readonly Drawn[]) =>
  inReadingOrder(lines, (line) => line)
    .map(({ name }) => name)
    .join(' ');

describe('reading order', () => {
  it('of one column is from top to bottom', () => {
    expect(order(draw('aaaa\naaaa\naa').toReversed())).toBe('a1 a2 a3');
  });

  it('of two columns is the left one, then the right one', () => {
    expect(order(draw('aaaa bbbb\naaaa bbbb\naaaa bb'))).toBe('a1 a2 a3 b1 b2 b3');
  });

  it('begins with a heading over both columns, and lets a subheading part them', () => {
    const page = draw(
      ['hhhhhhhhh', 'aaaa bbbb', 'aaaa bbbb', 'sssssssss', 'cccc dddd', 'cccc dddd'].join('\n'),
    );
    expect(order(page)).toBe('h1 a1 a2 b1 b2 s1 c1 c2 d1 d2');
  });

  it('begins with a heading between the columns', () => {
    expect(order(draw('     hhhhhhh\naaaaaaaa bbbbbbbb\naaaaaaaa bbbbbbbb'))).toBe(
      'h1 a1 a2 b1 b2',
    );
  });

  it('goes on below where a column becomes narrower around a picture', () => {
    const page = draw(
      ['aaaaaaaa bbbbbbbb', 'aaaa         bbbb', 'aaaa         bbbb', 'aaaaaaaa bbbbbbbb'].join(
        '\n',
      ),
    );
    expect(order(page)).toBe('a1 a2 a3 a4 b1 b2 b3 b4');
  });

  it('keeps the pieces of a line together', () => {
    expect(order(draw('aaaaaaaaa\nbbbb cccc\nddddddddd'))).toBe('a1 b1 c1 d1');
  });

  it('has every line once, whatever lies where', () => {
    const line = fc.record({
      left: fc.integer({ min: 0, max: 1000 }),
      top: fc.integer({ min: 0, max: 1000 }),
      width: fc.integer({ min: 1, max: 600 }),
      height: fc.integer({ min: 1, max: 100 }),
    });
    fc.assert(
      fc.property(fc.array(line, { maxLength: 40 }), (lines) => {
        const boxes = lines.map(({ left, top, width, height }) => ({
          left,
          top,
          right: left + width,
          bottom: top + height,
        }));
        const ordered = inReadingOrder(boxes, (box) => box);
        expect(ordered).toHaveLength(boxes.length);
        expect(new Set(ordered).size).toBe(boxes.length);
      }),
    );
  });
});
