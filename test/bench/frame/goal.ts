/** What a measure must reach: by itself, or compared with what it stands against. */
export interface Goal {
  readonly of: 'value' | 'ratio';
  readonly bound: 'at least' | 'at most';
  readonly limit: number;
}

export function atLeast(limit: number): Goal {
  return { of: 'value', bound: 'at least', limit };
}

export function atMost(limit: number): Goal {
  return { of: 'value', bound: 'at most', limit };
}

export function ratioAtLeast(limit: number): Goal {
  return { of: 'ratio', bound: 'at least', limit };
}

export function ratioAtMost(limit: number): Goal {
  return { of: 'ratio', bound: 'at most', limit };
}

export function goalText({ of, bound, limit }: Goal, unit: string): string {
  const sign = bound === 'at least' ? '≥' : '≤';
  return `${sign} ${limit.toLocaleString('en')} ${of === 'ratio' ? '×' : unit}`;
}

export function isMet(goal: Goal, reading: { value: number; ratio: number | null }): boolean {
  const figure = goal.of === 'value' ? reading.value : reading.ratio;
  if (figure === null) return false;
  return goal.bound === 'at least' ? figure >= goal.limit : figure <= goal.limit;
}
