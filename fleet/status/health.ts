import { z } from 'zod';
import type { WorkerStatus } from './status.ts';

export const healthSchema = z.object({ ok: z.boolean(), reason: z.string().optional() }).readonly();

/** An answer of `/healthz` or `/readyz`; `reason` says why not. */
export type Health = z.infer<typeof healthSchema>;

/**
 * Alive: the process answers and its lease beats. A worker that has not registered yet has no lease
 * that could have run out.
 */
export function healthOf({ state, reason, lease }: WorkerStatus): Health {
  if (state === 'unhealthy') return { ok: false, reason: reason ?? 'the worker is unhealthy' };
  if (state === 'stopped') return { ok: false, reason: reason ?? 'the worker has stopped' };
  if (state !== 'starting' && lease.expiresInMs <= 0) {
    const seconds = Math.round(lease.lastBeatMsAgo / 1000);
    return { ok: false, reason: `the lease ran out: the last heartbeat was ${seconds} s ago` };
  }
  return { ok: true };
}
