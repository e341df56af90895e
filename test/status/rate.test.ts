import { describe, expect, it } from 'vitest';
import { RollingRate } from '../../fleet/status/rate.ts';
import { StepTimings } from '../../fleet/status/step-timings.ts';

function clock(start = 1_000_000) {
  let time = start;
  return { now: () => time, pass: (milliseconds: number) => (time += milliseconds) };
}

describe('a rolling rate', () => {
  it('is zero before anything happened', () => {
    expect(new RollingRate(clock()).perSecond()).toBe(0);
  });

  it('settles at the true rate, however long it runs', () => {
    const { now, pass } = clock();
    const rate = new RollingRate({ now });
    for (let i = 0; i < 1000; i += 1) {
      pass(500);
      rate.add();
    }
    expect(rate.perSecond()).toBeCloseTo(2, 1);
  });

  it('is true before the window has filled once', () => {
    const { now, pass } = clock();
    const rate = new RollingRate({ now });
    pass(5000);
    rate.add(20);
    expect(rate.perSecond()).toBeCloseTo(4);
  });

  it('does not take the first events for a burst', () => {
    const { now, pass } = clock();
    const rate = new RollingRate({ now });
    pass(1);
    rate.add(3);
    expect(rate.perSecond()).toBe(3);
  });

  it('forgets what left the window', () => {
    const { now, pass } = clock();
    const rate = new RollingRate({ now, windowMs: 60_000 });
    rate.add(600);
    pass(30_000);
    expect(rate.sum()).toBe(600);
    pass(30_000);
    expect(rate.sum()).toBe(0);
    rate.add(5);
    pass(3_600_000);
    expect(rate.perSecond()).toBe(0);
  });
});

describe('step timings', () => {
  it('are the mean over the pages of the window', () => {
    const { now, pass } = clock();
    const timings = new StepTimings({ now });
    timings.observe({ decode: 900 });
    pass(61_000);
    timings.observe({ decode: 100, infer: 700 });
    timings.observe({ decode: 200 });
    expect(timings.means()).toEqual({ decode: 150, infer: 700 });
    pass(61_000);
    expect(timings.means()).toEqual({});
  });
});
