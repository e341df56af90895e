import type { Beat } from '../../queue/protocol/heartbeat.ts';
import type { Held } from '../../queue/protocol/held.ts';

/** What the heartbeat thread is started with. */
export interface HeartData {
  readonly url: string;
  readonly applicationName: string;
  readonly role?: string | undefined;
  readonly pooled?: boolean | undefined;
  readonly leaseMs: number;
  readonly beatMs: number;
  /** Memory of `HeartGauges`. */
  readonly gauges: SharedArrayBuffer;
}

export type ToHeart =
  | { readonly type: 'register'; readonly worker: number }
  | { readonly type: 'hold'; readonly held: Held }
  | { readonly type: 'drop'; readonly held: Held }
  | { readonly type: 'beat' }
  | { readonly type: 'stop' };

/** A beat as the worker gets it: the tasks come with the fences under which they were asked about. */
export interface HeartBeat extends Pick<Beat, 'state' | 'reason'> {
  readonly worker: number;
  readonly lost: readonly Held[];
  readonly cancelled: readonly Held[];
}

export type FromHeart =
  | { readonly type: 'beat'; readonly beat: HeartBeat }
  /** Beats fail; `message` says why. Said once until a beat succeeds again. */
  | { readonly type: 'failing'; readonly message: string }
  /** The lease ran out without a beat. Said once until a beat succeeds again. */
  | { readonly type: 'expired' };
