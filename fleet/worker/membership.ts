import type { FleetError } from '../errors/fleet-error.ts';
import { deregister, register, type Registration } from '../queue/protocol/register.ts';
import type { WorkerContext } from './context.ts';
import { monotonic } from './heartbeat/gauges.ts';
import type { Heart } from './heartbeat/heart.ts';
import { persist } from './persist.ts';

export interface MembershipOptions {
  readonly context: WorkerContext;
  readonly heart: Pick<Heart, 'register'>;
}

/** What this process is to the fleet: its registration, under a new id after each loss of its lease. */
export class Membership {
  readonly #options: MembershipOptions;
  #id = 0;
  #registration: Registration | undefined;

  constructor(options: MembershipOptions) {
    this.#options = options;
  }

  /** 0 while it is not registered. */
  get id(): number {
    return this.#id;
  }

  /** Registers, however long the database is away. Throws `DATABASE_NOT_MIGRATED`, `REFUSED`. */
  async join(registration: Registration, signal: AbortSignal): Promise<void> {
    const { context, heart } = this.#options;
    const { database, options, log } = context;
    const [id, sentAt] = await persist(
      async () => {
        const sentAt = monotonic();
        return [await register(database, registration, options.leaseMs), sentAt] as const;
      },
      {
        signal,
        onTrouble: (error: FleetError) => {
          log.error({ code: error.code, remedy: error.remedy }, error.message);
        },
      },
    );
    this.#id = id;
    this.#registration = registration;
    heart.register(id, sentAt);
    log.info({ worker: id, name: registration.name }, 'registered');
  }

  /** Registers anew after the lease was lost; at most once at a time. */
  async rejoin(signal: AbortSignal): Promise<void> {
    const registration = this.#registration;
    if (registration === undefined) return;
    this.#registration = undefined;
    this.#id = 0;
    await this.join(registration, signal);
  }

  /** Takes leave; what is still held goes back. */
  async leave(reason: string, signal: AbortSignal): Promise<void> {
    const { database } = this.#options.context;
    await persist(() => deregister(database, this.#id, reason), { signal });
  }
}
