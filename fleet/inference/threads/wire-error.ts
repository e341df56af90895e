import type { ErrorCode } from '../../errors/catalogue.ts';
import { FleetError } from '../../errors/fleet-error.ts';

/** A `FleetError` as plain data: a structured clone would keep only the message of the error. */
export interface WireError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly remedy: string;
  readonly retryable: boolean;
  readonly stack: string | undefined;
}

/** Anything thrown that is no `FleetError` is a defect: `INTERNAL`. */
export function toWire(thrown: unknown): WireError {
  const error = FleetError.is(thrown) ? thrown : internal(thrown);
  const { code, message, remedy, retryable, stack } = error;
  return { code, message, remedy, retryable, stack };
}

/** The cause carries the stack of the other thread. */
export function fromWire({ code, message, remedy, retryable, stack }: WireError): FleetError {
  const cause = new Error(message);
  if (stack !== undefined) cause.stack = stack;
  return new FleetError(code, message, { remedy, retryable, cause });
}

function internal(thrown: unknown): FleetError {
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  const error = new FleetError('INTERNAL', message, { cause: thrown });
  if (thrown instanceof Error && thrown.stack !== undefined) error.stack = thrown.stack;
  return error;
}
