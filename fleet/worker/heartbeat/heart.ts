import { EventEmitter } from 'node:events';
import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Held } from '../../queue/protocol/held.ts';
import { HeartGauges } from './gauges.ts';
import type { FromHeart, HeartBeat, HeartData, ToHeart } from './messages.ts';

export type HeartOptions = Omit<HeartData, 'gauges'>;

interface HeartEvents {
  beat: [beat: HeartBeat];
  /** Beats fail since now, and why; told once until one succeeds. */
  failing: [message: string];
  /** The lease ran out; told once until a beat succeeds. */
  expired: [];
  /** The thread ended by itself: a defect, after which the worker holds nothing. */
  died: [error: Error];
}

/** The worker's end of its heartbeat thread. */
export interface Heart {
  readonly events: EventEmitter<HeartEvents>;
  readonly gauges: HeartGauges;
  /** Beats for this worker from now on, holding nothing; `sentAt`: when it was asked for the lease. */
  register(worker: number, sentAt: bigint): void;
  hold(held: Held): void;
  drop(held: Held): void;
  /** A beat at once: something may have been said to this worker. */
  beat(): void;
  stop(): Promise<void>;
}

/**
 * Starts the thread that renews the lease of this process. A thread of its own, with its own
 * connection, because inference and image work block the main thread for longer than a lease.
 */
export function startHeart(options: HeartOptions): Heart {
  const events: Heart['events'] = new EventEmitter();
  const gauges = new HeartGauges();
  const data: HeartData = { ...options, gauges: gauges.memory };
  const file = new URL(`./thread${extname(import.meta.filename)}`, import.meta.url);
  const thread = new Worker(file, { workerData: data, execArgv: [] });
  let stopping = false;
  const ended = new Promise<void>((resolve) => {
    thread.once('exit', (code) => {
      if (!stopping) events.emit('died', new Error(`the heartbeat thread ended with code ${code}`));
      resolve();
    });
  });
  thread.once('error', (error) => {
    stopping = true;
    events.emit('died', error instanceof Error ? error : new Error(String(error)));
  });
  thread.on('message', (message: FromHeart) => {
    if (message.type === 'beat') events.emit('beat', message.beat);
    if (message.type === 'failing') events.emit('failing', message.message);
    if (message.type === 'expired') events.emit('expired');
  });
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
  const post = (message: ToHeart) => thread.postMessage(message);
  return {
    events,
    gauges,
    register(worker, sentAt) {
      gauges.renew(sentAt, options.leaseMs);
      post({ type: 'register', worker });
    },
    hold: ({ task, fence }) => post({ type: 'hold', held: { task, fence } }),
    drop: ({ task, fence }) => post({ type: 'drop', held: { task, fence } }),
    beat: () => post({ type: 'beat' }),
    async stop() {
      stopping = true;
      post({ type: 'stop' });
      const overdue = setTimeout(() => void thread.terminate(), options.leaseMs);
      await ended;
      clearTimeout(overdue);
    },
  };
}
