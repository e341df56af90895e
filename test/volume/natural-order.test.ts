import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { naturalSort } from '../../fleet/volume/natural-order.ts';

const sorted = (names: readonly string[]) => naturalSort(names, (name) => name);

describe('the order of pages', () => {
  it.each([
    ['numbers by value', ['p1.jpg', 'p2.jpg', 'p10.jpg', 'p100.jpg']],
    ['a page before its supplements', ['p1.jpg', 'p1-2.jpg', 'p1a.jpg', 'p2.jpg']],
    ['padded numbers beside plain ones', ['p1.jpg', 'p02.jpg', 'p3.jpg']],
    ['numbers longer than a double holds', ['90071992547409931.tif', '90071992547409932.tif']],
    ['every number in a name', ['v2-p1.jpg', 'v2-p2.jpg', 'v10-p1.jpg']],
    ['the extension last', ['1.jpg', '1.tif', '2.jpg']],
  ])('puts %s', (_, expected) => {
    expect(sorted(expected.toReversed())).toEqual(expected);
  });

  it('is the same however the names came, and keeps each of them', () => {
    const name = fc.stringMatching(/^[a0-2.-]{1,8}$/);
    fc.assert(
      fc.property(fc.uniqueArray(name), (names) => {
        const once = sorted(names);
        expect(sorted(names.toReversed())).toEqual(once);
        expect(sorted(once)).toEqual(once);
        expect(new Set(once)).toEqual(new Set(names));
      }),
    );
  });
});
