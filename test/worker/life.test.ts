import { describe, expect, it } from 'vitest';
import * as life from '../../fleet/worker/life.ts';

const idle = life.start(life.born);
const running = life.occupy(idle, 1);
const draining = life.drain(running, 'SIGTERM', 1_000);

describe('the life of a worker', () => {
  it('claims while it is idle or running, not while it is paused, leaving or sick', () => {
    expect([idle, running].map(life.mayClaim)).toEqual([true, true]);
    const others = [life.born, life.setPaused(running, true), draining, life.sicken(idle, 'x')];
    expect(others.map(life.mayClaim)).toEqual([false, false, false, false]);
  });

  it('keeps the first reason to leave', () => {
    expect(life.drain(draining, 'an operator', 2_000)).toBe(draining);
  });

  it('stays leaving while its tasks end', () => {
    expect(life.occupy(draining, 0)).toBe(draining);
  });

  it('names both states of a step that does not exist', () => {
    expect(() => life.stop(running)).toThrow('from running to stopped');
    expect(() => life.start(draining)).toThrow('from draining to idle');
    expect(() => life.drain(life.stop(draining), 'again', 0)).toThrow('from stopped to draining');
  });
});
