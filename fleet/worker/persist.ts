import { FleetError } from '../errors/fleet-error.ts';
import { Backoff } from '../queue/backoff.ts';
import { pause } from '../queue/pause.ts';

export interface Persistence {
  /** Gives up, throwing the last error. */
  readonly signal: AbortSignal;
  /** Called with the first error of a series, and with the count when it is over. */
  readonly onTrouble?: (error: FleetError) => void;
  /** Milliseconds. */
  readonly baseMs?: number;
  readonly capMs?: number;
}

/** Repetitions of what Postgres refuses for a reason of its own; being away does not count. */
const REFUSALS = 5;

/**
 * Does something with the database until it succeeds. A database that is away is waited for, for as
 * long as the signal allows; deadlocks and serialization failures are of the same kind. Any other
 * error is thrown, `DATABASE_FAILED` after a few repetitions.
 */
export async function persist<T>(work: () => Promise<T>, options: Persistence): Promise<T> {
  const { signal, baseMs = 100, capMs = 2_000 } = options;
  const backoff = new Backoff({ baseMs, capMs });
  let refusals = 0;
  let told = false;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (FleetError.is(error, 'DATABASE_FAILED')) refusals += 1;
      if (signal.aborted || !isWorthRepeating(error) || refusals > REFUSALS) throw error;
      if (!told) options.onTrouble?.(error);
      told = true;
      await pause(backoff.next(), signal);
    }
  }
}

function isWorthRepeating(error: unknown): error is FleetError {
  return FleetError.is(error, 'DATABASE_UNREACHABLE') || FleetError.is(error, 'DATABASE_FAILED');
}
