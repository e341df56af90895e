import { EventEmitter } from 'node:events';
import { Socket } from 'node:net';
import type pg from 'pg';
import pgListen from 'pg-listen';

export interface Notification {
  readonly channel: string;
  readonly payload: string;
}

/** One connection that listens, until it breaks or is closed. */
export interface Subscription {
  /** `notification` with a `Notification`; `ended` once, with what ended it. */
  readonly events: EventEmitter<{ notification: [Notification]; ended: [Error] }>;
  /** At once, whatever state the connection is in. */
  close(): void;
}

/**
 * Opens a connection and listens on it. Throws what `pg` throws.
 *
 * pg-listen's own reconnection is switched off (`retryLimit: 1`): it gives up after 3 s by default,
 * does not cover the first connect and goes on after `close()`. The listener above makes a new
 * subscription instead, which is one way out of every kind of trouble.
 */
export async function subscribe(
  config: pg.ClientConfig,
  channels: readonly string[],
): Promise<Subscription> {
  const events: Subscription['events'] = new EventEmitter();
  const socket = new Socket();
  const subscriber = pgListen.default(
    // A socket of our own: `end()` waits for the peer's answer, which never comes on a half-open one.
    { ...config, stream: () => socket },
    { retryLimit: 1, paranoidChecking: false, parse: (payload: string) => payload },
  );
  let open = true;
  const close = () => {
    open = false;
    subscriber.close().catch(() => undefined);
    socket.destroy();
  };
  subscriber.events.on('error', (error) => {
    if (!open) return;
    close();
    events.emit('ended', error);
  });
  subscriber.events.on('notification', ({ channel, payload = '' }) => {
    events.emit('notification', { channel, payload });
  });
  try {
    await subscriber.connect();
    for (const channel of channels) await subscriber.listenTo(channel);
  } catch (error) {
    close();
    throw error;
  }
  return { events, close };
}
