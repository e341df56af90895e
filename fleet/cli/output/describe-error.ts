import { FleetError } from '../../errors/fleet-error.ts';
import { redactSecrets } from '../../log/redact-secrets.ts';
import type { Paint } from './palette.ts';

export interface ErrorView {
  readonly json: boolean;
  readonly verbose: boolean;
  readonly paint: Paint;
}

/** What happened, what to do about it, and the code to look it up by. No secret comes through. */
export function describeError(thrown: unknown, view: ErrorView): string {
  const error = asFleetError(thrown);
  return redactSecrets(view.json ? asJson(error, view) : asText(error, view));
}

export function asFleetError(thrown: unknown): FleetError {
  if (FleetError.is(thrown)) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new FleetError('INTERNAL', message, { cause: thrown });
}

function asText(error: FleetError, { verbose, paint }: ErrorView): string {
  const lines = [
    `${paint('bad', 'error:')} ${error.message}`,
    `  ${error.remedy} ${paint('quiet', `(${error.code})`)}`,
  ];
  if (verbose) lines.push('', ...stacks(error));
  return lines.join('\n');
}

function asJson(error: FleetError, { verbose }: ErrorView): string {
  const { code, message, remedy, retryable } = error;
  const stack = verbose ? { stack: stacks(error) } : {};
  return JSON.stringify({ error: { code, message, remedy, retryable, ...stack } }, null, 2);
}

/** The error's own stack and those of all its causes. */
function stacks(error: Error): string[] {
  const own = error.stack ?? error.message;
  if (!(error.cause instanceof Error)) return [own];
  const [first = '', ...others] = stacks(error.cause);
  return [own, `caused by ${first}`, ...others];
}
