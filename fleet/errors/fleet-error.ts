import { catalogue, type ErrorCode } from './catalogue.ts';

export interface FleetErrorOptions {
  /** The error underneath, kept for logs and for `--verbose`. */
  readonly cause?: unknown;
  /** What to do about it, when the catalogue's general remedy can be made more precise. */
  readonly remedy?: string;
  /** Overrides the catalogue: would the same call succeed later, unchanged? */
  readonly retryable?: boolean;
}

/**
 * An error that a user may see. `message` says what happened and names the thing it happened to;
 * `remedy` says what to do; `code` is stable and documented in `fleet/errors/README.md`.
 */
export class FleetError extends Error {
  override readonly name = 'FleetError';
  readonly code: ErrorCode;
  readonly remedy: string;
  readonly retryable: boolean;

  constructor(code: ErrorCode, message: string, options: FleetErrorOptions = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined);
    this.code = code;
    this.remedy = options.remedy ?? catalogue[code].remedy;
    this.retryable = options.retryable ?? catalogue[code].retryable;
  }

  static is(error: unknown, code?: ErrorCode): error is FleetError {
    return error instanceof FleetError && (code === undefined || error.code === code);
  }
}
