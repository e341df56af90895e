import { pause } from '../queue/pause.ts';
import type { RunningTask } from './running-task.ts';

/** Share of the grace time after which what was to finish is made to stop as well. */
const FINISH_SHARE = 0.8;
/** Milliseconds to hand back in when the grace time is over or was cut short. */
export const HAND_BACK_MS = 2_000;

export interface Leaving {
  readonly reason: string;
  readonly graceMs: number;
  /** Fires when there is no grace any more. */
  readonly abort: AbortSignal;
  /** Those that still run. */
  readonly tasks: () => readonly RunningTask[];
  /** Resolves when none runs. */
  readonly settled: Promise<void>;
  /** Called when the time to hand back is over, too. */
  readonly expireDeadline: () => void;
}

/**
 * Brings all tasks to an end. Those that will be through within the grace time finish; the others
 * finish the pages in flight, commit them as a part, and go back. What has not ended then is ended.
 */
export async function endTasks(leaving: Leaving): Promise<void> {
  const { graceMs, abort, settled } = leaving;
  const finishMs = graceMs * FINISH_SHARE;
  for (const task of leaving.tasks()) if (task.remainingMs > finishMs) task.drain();
  if (await within(settled, finishMs, abort)) return;
  for (const task of leaving.tasks()) task.drain();
  if (await within(settled, graceMs - finishMs, abort)) return;
  for (const task of leaving.tasks()) task.end('interrupted', leaving.reason);
  if (!(await within(settled, HAND_BACK_MS))) leaving.expireDeadline();
}

/** True when it was settled in time. */
export async function within(
  settled: Promise<unknown>,
  milliseconds: number,
  cut?: AbortSignal,
): Promise<boolean> {
  const done = new AbortController();
  const signal = cut === undefined ? done.signal : AbortSignal.any([done.signal, cut]);
  const late = pause(milliseconds, signal).then(() => false);
  const first = await Promise.race([settled.then(() => true), late]);
  done.abort();
  return first;
}
