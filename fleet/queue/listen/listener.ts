import type { BaseLogger } from 'pino';
import { Backoff } from '../backoff.ts';
import { connectionConfig } from '../database.ts';
import { databaseError } from '../database-error.ts';
import { pause } from '../pause.ts';
import { ECHO_CHANNEL, type EchoOptions, type EchoTiming, testEcho, watchEcho } from './echo.ts';
import { type Notification, subscribe, type Subscription } from './subscription.ts';

export interface ListenerOptions {
  readonly url: string;
  readonly applicationName: string;
  readonly role?: string | undefined;
  /** Sends a notification over another connection: the listener's own would prove nothing. */
  readonly notify: (channel: string, payload: string) => Promise<void>;
  /** Something became claimable: how many tasks, or `resumed`. */
  readonly onReady: (payload: string) => void;
  /** Running work was cancelled (`cancel`) or a worker was told something (`worker`). */
  readonly onControl: (payload: string) => void;
  /** After every (re)connect: whatever was announced in between was missed, so look. */
  readonly onConnected: () => void;
  readonly signal: AbortSignal;
  readonly log: Pick<BaseLogger, 'info' | 'warn' | 'debug'>;
  readonly timing?: Partial<ListenTiming>;
  /** 0…1. */
  readonly random?: () => number;
}

/** Milliseconds. A connection that went dead in silence is noticed within 1.5 × silence + time-out. */
export interface ListenTiming extends EchoTiming {
  readonly retryBaseMs: number;
  readonly retryCapMs: number;
}

const DEFAULT_TIMING: ListenTiming = {
  silenceMs: 6_000,
  timeoutMs: 4_000,
  retryBaseMs: 100,
  retryCapMs: 1_500,
};

/** Echoes that stay out after the first connects before notifications are held not to arrive at all. */
const TESTS_BEFORE_DEAF = 2;

/** `deaf`: notifications do not arrive through this address (a transaction pooler); it gave up. */
type ListenerState = 'connecting' | 'listening' | 'deaf' | 'closed';

export interface Listener {
  readonly state: ListenerState;
  /** Settles when everything is let go of after the signal has fired, or when it went deaf. */
  readonly finished: Promise<void>;
}

/**
 * Listens for the fleet's hints for as long as the signal allows, whatever becomes of the
 * connection. Hints only: the poll is the truth.
 */
export function createListener(options: ListenerOptions): Listener {
  const timing = { ...DEFAULT_TIMING, ...options.timing };
  const listener = { state: 'connecting' as ListenerState };
  const finished = listenForEver(options, timing, (state) => {
    listener.state = state;
  });
  return Object.assign(listener, { finished });
}

type Enter = (state: ListenerState) => void;

async function listenForEver(
  options: ListenerOptions,
  timing: ListenTiming,
  enter: Enter,
): Promise<void> {
  const { signal, log, random = Math.random } = options;
  const backoff = new Backoff({ baseMs: timing.retryBaseMs, capMs: timing.retryCapMs, random });
  let silentTests = 0;
  let everHeard = false;
  while (!signal.aborted) {
    enter('connecting');
    const ended = await listenOnce(options, timing, () => {
      everHeard = true;
      backoff.reset();
      enter('listening');
    });
    if (signal.aborted) break;
    silentTests = ended === 'silent' ? silentTests + 1 : 0;
    if (!everHeard && silentTests >= TESTS_BEFORE_DEAF) {
      enter('deaf');
      log.warn(
        'notifications do not arrive through this database address (a transaction pooler?): polling only',
      );
      return;
    }
    await pause(backoff.next(), signal);
  }
  enter('closed');
}

/** One connection, from its opening to its end. Says why it ended. */
async function listenOnce(
  options: ListenerOptions,
  timing: ListenTiming,
  onProven: () => void,
): Promise<'silent' | 'broken'> {
  const { log, random = Math.random } = options;
  const subscription = await open(options, timing);
  if (subscription === undefined) return 'broken';
  const stop = new AbortController();
  const signal = AbortSignal.any([options.signal, stop.signal]);
  subscription.events.once('ended', (error) => {
    log.info({ err: error }, 'the listening connection was lost');
    stop.abort();
  });
  subscription.events.on('notification', (notification) => dispatch(options, notification));
  const echo: EchoOptions = { ...timing, subscription, notify: options.notify, signal, random };
  try {
    options.onConnected();
    const first = await testEcho(echo);
    if (first !== 'heard') return signal.aborted || first === 'unsent' ? 'broken' : 'silent';
    onProven();
    await watchEcho(echo);
    if (!signal.aborted) log.info('the listening connection went silent: connecting anew');
    return 'broken';
  } finally {
    stop.abort();
    subscription.close();
  }
}

async function open(
  options: ListenerOptions,
  timing: ListenTiming,
): Promise<Subscription | undefined> {
  const config = {
    ...connectionConfig(options),
    connectionTimeoutMillis: timing.timeoutMs,
    query_timeout: timing.timeoutMs,
  };
  try {
    return await subscribe(config, ['fleet_ready', 'fleet_control', ECHO_CHANNEL]);
  } catch (error) {
    options.log.debug({ err: databaseError(error) }, 'cannot listen yet');
    return undefined;
  }
}

function dispatch(options: ListenerOptions, { channel, payload }: Notification): void {
  if (channel === 'fleet_ready') options.onReady(payload);
  if (channel === 'fleet_control') options.onControl(payload);
}
