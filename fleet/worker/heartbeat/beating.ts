import { Backoff } from '../../queue/backoff.ts';
import { databaseError } from '../../queue/database-error.ts';
import type { Beat } from '../../queue/protocol/heartbeat.ts';
import type { Held } from '../../queue/protocol/held.ts';
import type { BeatConnection } from './connection.ts';
import { type HeartGauges, monotonic } from './gauges.ts';
import type { FromHeart, HeartBeat, ToHeart } from './messages.ts';
import { Alarm } from '../alarm.ts';

export interface HeartPort {
  post(message: FromHeart): void;
  onMessage(receive: (message: ToHeart) => void): void;
}

export interface BeatingOptions {
  readonly connection: Pick<BeatConnection, 'beat'>;
  readonly gauges: HeartGauges;
  readonly port: HeartPort;
  readonly leaseMs: number;
  readonly beatMs: number;
}

/** Beats until it is told to stop. */
export async function beatUntilStopped(options: BeatingOptions): Promise<void> {
  const heart = new Heart(options);
  options.port.onMessage((message) => heart.receive(message));
  await heart.run();
}

class Heart {
  readonly #options: BeatingOptions;
  readonly #alarm = new Alarm();
  readonly #backoff: Backoff;
  /** By task: one that was handed back and claimed again is asked about under its new fence. */
  readonly #held = new Map<number, Held>();
  #worker: number | undefined;
  #stopped = false;
  #failing = false;
  #expiry: NodeJS.Timeout | undefined;

  constructor(options: BeatingOptions) {
    this.#options = options;
    this.#backoff = new Backoff({ baseMs: options.beatMs / 10, capMs: options.beatMs * 2 });
  }

  receive(message: ToHeart): void {
    switch (message.type) {
      case 'register':
        this.#worker = message.worker;
        this.#held.clear();
        this.#watchExpiry();
        return this.#alarm.ring();
      case 'hold':
        this.#held.set(message.held.task, message.held);
        return;
      case 'drop':
        this.#drop(message.held);
        return;
      case 'beat':
        return this.#alarm.ring();
      case 'stop':
        this.#stopped = true;
        clearTimeout(this.#expiry);
        return this.#alarm.ring();
    }
  }

  #drop({ task, fence }: Held): void {
    if (this.#held.get(task)?.fence === fence) this.#held.delete(task);
  }

  async run(): Promise<void> {
    while (!this.#stopped) {
      const wait = this.#worker === undefined ? Infinity : await this.#beat(this.#worker);
      if (!this.#stopped) await this.#alarm.wait(wait);
    }
  }

  /** Returns how long to wait for the next one, milliseconds. */
  async #beat(worker: number): Promise<number> {
    const { connection, gauges, port, beatMs } = this.#options;
    const held = [...this.#held.values()];
    const sentAt = monotonic();
    try {
      const beat = await connection.beat(worker, held, gauges.pages);
      if (beat.state !== 'unknown') gauges.renew(sentAt, beat.ttlMs);
      this.#failing = false;
      this.#backoff.reset();
      this.#watchExpiry();
      port.post({ type: 'beat', beat: withFences(worker, beat, held) });
      // An unknown worker registers again and says so: until then there is nothing to renew.
      if (beat.state === 'unknown' && this.#worker === worker) this.#worker = undefined;
      return beatMs * (0.9 + Math.random() * 0.2);
    } catch (error) {
      if (!this.#failing) port.post({ type: 'failing', message: databaseError(error).message });
      this.#failing = true;
      return this.#backoff.next();
    }
  }

  #watchExpiry(): void {
    const { gauges, port } = this.#options;
    clearTimeout(this.#expiry);
    if (this.#stopped) return;
    this.#expiry = setTimeout(
      () => port.post({ type: 'expired' }),
      Math.max(0, gauges.expiresInMs),
    );
  }
}

function withFences(
  worker: number,
  { state, reason, lost, cancelled }: Beat,
  held: readonly Held[],
): HeartBeat {
  const among = (tasks: readonly number[]) => held.filter(({ task }) => tasks.includes(task));
  return { worker, state, reason, lost: among(lost), cancelled: among(cancelled) };
}
