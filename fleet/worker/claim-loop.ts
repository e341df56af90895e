import type { Logger } from 'pino';
import { FleetError } from '../errors/fleet-error.ts';
import { Backoff } from '../queue/backoff.ts';
import type { Alarm } from './alarm.ts';

/** What the loop asks of its worker. */
export interface Claimant {
  /** Rings when something has changed: a hint, a finished task, news of a heartbeat. */
  readonly alarm: Alarm;
  /** Claims for exactly the free slots and starts what it got; returns how many. */
  fill(): Promise<number>;
}

export interface ClaimLoopOptions {
  readonly pollMinMs: number;
  readonly pollMaxMs: number;
  readonly log: Logger;
  readonly signal: AbortSignal;
}

/**
 * Fills free slots until the signal fires. A ring is answered at once; without one it polls, at an
 * interval that grows while nothing is found. The poll is the truth: hints may be lost.
 */
export async function claimLoop(claimant: Claimant, options: ClaimLoopOptions): Promise<void> {
  const { signal, log } = options;
  const poll = new Backoff({ baseMs: options.pollMinMs, capMs: options.pollMaxMs });
  const rung = () => claimant.alarm.ring();
  signal.addEventListener('abort', rung);
  let failing = false;
  while (!signal.aborted) {
    try {
      if ((await claimant.fill()) > 0) poll.reset();
      failing = false;
    } catch (error) {
      // No lease: the heartbeat sees to it, and rings.
      if (!failing && !FleetError.is(error, 'LEASE_LOST')) log.warn({ err: error }, 'cannot claim');
      failing = true;
    }
    if (signal.aborted) break;
    if (await claimant.alarm.wait(poll.next())) poll.reset();
  }
  signal.removeEventListener('abort', rung);
}
