import { randomUUID } from 'node:crypto';
import type { Subscription } from './subscription.ts';

/** Shared by all listeners of a database: anybody's echo proves everybody's connection. */
export const ECHO_CHANNEL = 'fleet_echo';

export interface EchoTiming {
  /** Silence after which an echo is sent, milliseconds; drawn between this and one and a half times. */
  readonly silenceMs: number;
  /** How long an echo may take, milliseconds. */
  readonly timeoutMs: number;
}

export interface EchoOptions extends EchoTiming {
  readonly subscription: Subscription;
  /** Sends a notification over another connection than the subscription's. */
  readonly notify: (channel: string, payload: string) => Promise<void>;
  readonly signal: AbortSignal;
  readonly random: () => number;
}

/** What an echo told: it arrived, it did not although it was sent, it could not be sent. */
export type EchoResult = 'heard' | 'silent' | 'unsent';

/**
 * Sends one echo and waits for it. Sent over another connection, because a transaction pooler hands
 * the notifications of a session to whoever uses its server connection at that moment.
 */
export async function testEcho(options: EchoOptions): Promise<EchoResult> {
  const payload = randomUUID();
  const arrived = hears(options, options.timeoutMs, (heard) => heard === payload);
  let sent = false;
  options.notify(ECHO_CHANNEL, payload).then(
    () => (sent = true),
    () => undefined,
  );
  if (await arrived) return 'heard';
  return sent ? 'silent' : 'unsent';
}

/**
 * Returns when the connection has gone deaf (or the signal fires). A listener that hears anything
 * within its silence time says nothing itself, so a fleet sends about one echo per silence time in
 * all, not one per worker: every NOTIFY wakes every listener of the database.
 */
export async function watchEcho(options: EchoOptions): Promise<void> {
  const { signal, silenceMs, random } = options;
  while (!signal.aborted) {
    if (await hears(options, silenceMs * (1 + random() / 2), () => true)) continue;
    if (signal.aborted || (await testEcho(options)) !== 'heard') return;
  }
}

/** Does a notification that matches arrive in time? False as well when the signal fires. */
function hears(
  { subscription: { events }, signal }: EchoOptions,
  milliseconds: number,
  matches: (payload: string) => boolean,
): Promise<boolean> {
  return new Promise((resolve) => {
    const settle = (heard: boolean) => {
      clearTimeout(timer);
      events.off('notification', onNotification);
      signal.removeEventListener('abort', onAbort);
      resolve(heard);
    };
    const onNotification = ({ payload }: { payload: string }) => {
      if (matches(payload)) settle(true);
    };
    const onAbort = () => settle(false);
    const timer = setTimeout(() => settle(false), milliseconds);
    events.on('notification', onNotification);
    signal.addEventListener('abort', onAbort);
    if (signal.aborted) settle(false);
  });
}
