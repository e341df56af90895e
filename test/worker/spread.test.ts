import { describe, expect, it } from 'vitest';
import { spreadMs } from '../../fleet/worker/spread.ts';

const longest = (announced: string, workers: number) => spreadMs(announced, workers, () => 1);

describe('the delay before a hint is answered', () => {
  it('is none when there is work for everybody', () => {
    expect(longest('20', 10)).toBe(0);
    expect(longest('1', 2)).toBe(0);
  });

  it('grows with the workers that will find nothing, up to a second', () => {
    expect(longest('10', 111)).toBe(100);
    expect(longest('1', 100_000)).toBe(1_000);
  });

  it('is spread when any number of tasks may have become claimable', () => {
    expect(longest('resumed', 101)).toBe(100);
  });
});
