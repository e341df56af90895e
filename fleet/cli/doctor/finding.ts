import type { Config } from '../../config/config.ts';
import { FleetError } from '../../errors/fleet-error.ts';

/** What one check found. */
export interface Finding {
  readonly check: string;
  readonly state: 'ok' | 'warn' | 'fail';
  /** What was seen, in a few words. */
  readonly detail: string;
  /** What to do about it; with every `warn` and `fail`. */
  readonly remedy?: string | undefined;
}

interface Examination {
  readonly config: Config;
  /** The stores to be tried, as URIs. */
  readonly outputs: readonly string[];
  readonly signal: AbortSignal;
}

/** A group of checks of which a later one may need an earlier one: it ends where it cannot go on. */
export type Checks = (examination: Examination) => AsyncIterable<Finding>;

export function ok(check: string, detail: string): Finding {
  return { check, state: 'ok', detail };
}

export function warn(check: string, detail: string, remedy: string): Finding {
  return { check, state: 'warn', detail, remedy };
}

export function fail(check: string, detail: string, remedy: string): Finding {
  return { check, state: 'fail', detail, remedy };
}

/** An error as a finding, with the error's own remedy. */
export function failed(check: string, error: unknown): Finding {
  if (FleetError.is(error)) return fail(check, error.message, error.remedy);
  const detail = error instanceof Error ? error.message : String(error);
  return fail(check, detail, 'This is unexpected; --verbose shows more.');
}
