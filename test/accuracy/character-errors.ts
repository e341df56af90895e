/** Edits (insertions, deletions, substitutions) between a truth and what was read instead. */
export interface CharacterErrors {
  readonly edits: number;
  /** Characters of the truth. */
  readonly characters: number;
}

/**
 * What counts as the same text: whitespace runs are one space; typographic quotation marks and
 * dashes are their ASCII forms; `~`, which ISRI's transcribers wrote for what they could not type,
 * is left out. Unicode is composed (NFC).
 */
export function normalise(text: string): string {
  return text
    .normalize('NFC')
    .replace(/[“”„]/g, '"')
    .replace(/[‘’‚]/g, "'")
    .replace(/[–—]/g, '-')
    .replaceAll('~', '')
    .replace(/\s+/g, ' ')
    .trim();
}

/** Levenshtein distance of the normalised texts, by Unicode code points. */
export function characterErrors(truth: string, read: string): CharacterErrors {
  const expected = Array.from(normalise(truth));
  const actual = Array.from(normalise(read));
  let row = Uint32Array.from({ length: actual.length + 1 }, (_, index) => index);
  expected.forEach((character, index) => {
    const next = new Uint32Array(row.length);
    next[0] = index + 1;
    for (let at = 1; at < row.length; at++) {
      const substituted = row[at - 1]! + (actual[at - 1] === character ? 0 : 1);
      next[at] = Math.min(substituted, row[at]! + 1, next[at - 1]! + 1);
    }
    row = next;
  });
  return { edits: row.at(-1)!, characters: expected.length };
}

export function rate(errors: readonly CharacterErrors[]): number {
  const sum = (pick: (one: CharacterErrors) => number) =>
    errors.reduce((total, one) => total + pick(one), 0);
  return sum(({ edits }) => edits) / sum(({ characters }) => characters);
}
