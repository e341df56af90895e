import type { ErrorCode } from '../../errors/catalogue.ts';
import { FleetError, type FleetErrorOptions } from '../../errors/fleet-error.ts';

interface Meaning extends FleetErrorOptions {
  readonly code: ErrorCode;
  readonly says: string;
}

const NO_BUCKET: Meaning = { code: 'STORE_NOT_FOUND', says: 'there is no such bucket' };
const NO_OBJECT: Meaning = { code: 'STORE_NOT_FOUND', says: 'there is no such object' };
const DENIED: Meaning = { code: 'STORE_DENIED', says: 'access was denied' };
/** Instance roles renew their credentials: what is refused now may be allowed in a minute. */
const NO_CREDENTIALS: Meaning = {
  code: 'STORE_DENIED',
  says: 'no credentials were found',
  remedy: 'Give this process AWS credentials: an instance role, a profile, or AWS_ACCESS_KEY_ID.',
  retryable: true,
};
const EXPIRED: Meaning = {
  code: 'STORE_DENIED',
  says: 'the credentials have expired',
  remedy: 'Renew the credentials.',
  retryable: true,
};
const OTHER_REGION: Meaning = {
  code: 'STORE_DENIED',
  says: 'the bucket is in another region',
  remedy: "Set AWS_REGION to the bucket's region.",
};
const NO_REGION: Meaning = {
  code: 'STORE_DENIED',
  says: 'no region is configured',
  remedy: 'Set AWS_REGION, or AWS_ENDPOINT_URL_S3 for a server of your own.',
};
const THROTTLED: Meaning = { code: 'STORE_UNAVAILABLE', says: 'the server asks to slow down' };
const TIMED_OUT: Meaning = { code: 'STORE_UNAVAILABLE', says: 'the server did not answer in time' };
const BROKEN_OFF: Meaning = { code: 'STORE_UNAVAILABLE', says: 'the connection broke off' };

/** By the error's name, which for a server's answer is S3's error code. */
const BY_NAME: Readonly<Record<string, Meaning>> = {
  NoSuchBucket: NO_BUCKET,
  InvalidBucketName: NO_BUCKET,
  NoSuchKey: NO_OBJECT,
  KeyTooLongError: { code: 'STORE_KEY_INVALID', says: 'the key is too long' },
  InvalidRange: { code: 'STORE_DAMAGED', says: 'the range lies beyond its end' },
  PreconditionFailed: { code: 'STORE_EXISTS', says: 'the object exists already' },
  CredentialsProviderError: NO_CREDENTIALS,
  TokenProviderError: NO_CREDENTIALS,
  ExpiredToken: EXPIRED,
  ExpiredTokenException: EXPIRED,
  InvalidAccessKeyId: { code: 'STORE_DENIED', says: 'the access key is not known there' },
  SignatureDoesNotMatch: { code: 'STORE_DENIED', says: 'the secret key is wrong' },
  AuthorizationHeaderMalformed: OTHER_REGION,
  PermanentRedirect: OTHER_REGION,
  SlowDown: THROTTLED,
  TimeoutError: TIMED_OUT,
  BadDigest: { code: 'STORE_DAMAGED', says: 'what arrived there is not what was sent' },
};

const BY_STATUS: Readonly<Record<number, Meaning>> = {
  301: OTHER_REGION,
  401: DENIED,
  403: DENIED,
  404: { code: 'STORE_NOT_FOUND', says: 'there is no such bucket or object' },
  412: { code: 'STORE_EXISTS', says: 'the object exists already' },
  416: { code: 'STORE_DAMAGED', says: 'the range lies beyond its end' },
  429: THROTTLED,
};

/** What an error of the SDK means for the object or prefix `name`. A FleetError passes unchanged. */
export function s3Error(error: unknown, name: string): FleetError {
  if (error instanceof FleetError) return error;
  const { code, says, ...options } = meaningOf(error);
  return new FleetError(code, `${name}: ${says}${detail(error)}.`, { ...options, cause: error });
}

/** The HTTP status of a server's answer; undefined when there was none. */
export function statusOf(error: unknown): number | undefined {
  return metadataOf(error)?.httpStatusCode;
}

/** How many tries the SDK made of the request that failed. */
export function attemptsOf(error: unknown): number {
  return metadataOf(error)?.attempts ?? 1;
}

/** The SDK calls a broken connection a TimeoutError, hence its code first. */
function meaningOf(error: unknown): Meaning {
  if (error instanceof Error && error.message === 'Region is missing') return NO_REGION;
  if (error instanceof Error && ['ECONNRESET', 'EPIPE'].includes(systemCode(error) ?? '')) {
    return BROKEN_OFF;
  }
  const named = error instanceof Error ? BY_NAME[error.name] : undefined;
  return named ?? BY_STATUS[statusOf(error) ?? 0] ?? unavailable(error);
}

/** Other refusals of a request (4xx) will be repeated; everything else may pass. */
function unavailable(error: unknown): Meaning {
  const status = statusOf(error);
  if (status === undefined)
    return { code: 'STORE_UNAVAILABLE', says: 'the server was not reached' };
  const says = `the server answered ${status}`;
  return { code: 'STORE_UNAVAILABLE', says, retryable: status < 400 || status >= 500 };
}

function detail(error: unknown): string {
  if (!(error instanceof Error)) return '';
  const words = [error.name, systemCode(error)].filter((word) => word && word !== 'Error');
  return words.length === 0 ? '' : ` (${words.join(', ')})`;
}

function systemCode(error: Error): string | undefined {
  return 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

function metadataOf(error: unknown): { httpStatusCode?: number; attempts?: number } | undefined {
  if (!(error instanceof Error) || !('$metadata' in error)) return undefined;
  return error.$metadata as { httpStatusCode?: number; attempts?: number };
}
