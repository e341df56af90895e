import type pg from 'pg';
import { toArrays, type Held } from './held.ts';

/** What a worker is told with each beat. */
export interface Beat {
  /** `unknown`: the lease is gone, register again. */
  readonly state: 'active' | 'paused' | 'draining' | 'stopped' | 'lost' | 'unknown';
  readonly reason: string | undefined;
  /** Milliseconds for which the lease is now live, from the moment the beat was sent. */
  readonly ttlMs: number;
  /** Held, but another worker has the fence now. */
  readonly lost: readonly number[];
  /** Held, but an operator ended it. */
  readonly cancelled: readonly number[];
}

interface BeatRow {
  state: Beat['state'];
  reason: string | null;
  ttl_ms: number | null;
  lost: string[];
  cancelled: string[];
}

const HEARTBEAT =
  'select state, reason, ttl_ms, lost, cancelled from fleet.heartbeat($1, $2, $3, $4)';

/** Renews the lease of `worker` and asks what it still holds (sql/functions/02_heartbeat.sql). */
export async function heartbeat(
  client: pg.ClientBase,
  worker: number,
  held: readonly Held[],
  pages: number,
  { pooled = false }: { readonly pooled?: boolean | undefined } = {},
): Promise<Beat> {
  const { tasks, fences } = toArrays(held);
  const { rows } = await client.query<BeatRow>({
    // Prepared: a beat costs Postgres no planning. Not through a pooler, where each may meet another session.
    ...(pooled ? {} : { name: 'fleet_heartbeat' }),
    text: HEARTBEAT,
    values: [worker, tasks, fences, pages],
  });
  const row = rows[0];
  return {
    state: row?.state ?? 'unknown',
    reason: row?.reason ?? undefined,
    ttlMs: row?.ttl_ms ?? 0,
    lost: (row?.lost ?? []).map(Number),
    cancelled: (row?.cancelled ?? []).map(Number),
  };
}
