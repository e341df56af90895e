import type { WorkerState } from '../status/status.ts';

/**
 * The life of a worker:
 *
 *     starting → idle ⇄ running → draining → stopped
 *     any but stopped → unhealthy
 *
 * `paused` keeps what runs and claims nothing.
 */
export type Life =
  | { readonly state: 'starting' }
  | { readonly state: 'idle' | 'running'; readonly paused: boolean }
  | { readonly state: 'draining'; readonly reason: string; readonly until: number }
  | { readonly state: 'stopped'; readonly reason: string }
  | { readonly state: 'unhealthy'; readonly reason: string };

export const born: Life = { state: 'starting' };

/** It has registered. */
export function start(life: Life): Life {
  if (life.state !== 'starting') throw illegal(life, 'idle');
  return { state: 'idle', paused: false };
}

/** The number of its tasks has changed. A worker that is leaving stays so. */
export function occupy(life: Life, tasks: number): Life {
  if (life.state === 'starting') throw illegal(life, 'running');
  if (life.state !== 'idle' && life.state !== 'running') return life;
  return { state: tasks > 0 ? 'running' : 'idle', paused: life.paused };
}

/** An operator paused or resumed it. */
export function setPaused(life: Life, paused: boolean): Life {
  return life.state === 'idle' || life.state === 'running' ? { ...life, paused } : life;
}

/** It was asked to leave; `until` (`performance.now()`) it may finish. The first reason stays. */
export function drain(life: Life, reason: string, until: number): Life {
  if (life.state === 'draining' || life.state === 'unhealthy') return life;
  if (life.state === 'stopped') throw illegal(life, 'draining');
  return { state: 'draining', reason, until };
}

/** It can do no more work and says why; it still leaves in order. */
export function sicken(life: Life, reason: string): Life {
  if (life.state === 'stopped') throw illegal(life, 'unhealthy');
  return life.state === 'unhealthy' ? life : { state: 'unhealthy', reason };
}

/** It has left. */
export function stop(life: Life): Life {
  if (life.state !== 'draining' && life.state !== 'unhealthy') throw illegal(life, 'stopped');
  return { state: 'stopped', reason: life.reason };
}

export function mayClaim(life: Life): boolean {
  return (life.state === 'idle' || life.state === 'running') && !life.paused;
}

export function isLeaving(life: Life): boolean {
  return ['draining', 'stopped', 'unhealthy'].includes(life.state);
}

function illegal(from: Life, to: WorkerState): Error {
  return new Error(`a worker cannot go from ${from.state} to ${to}`);
}
