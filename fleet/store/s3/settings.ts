import type { S3ClientConfig } from '@aws-sdk/client-s3';

/**
 * What may be set beside the SDK's usual variables and files. All of it has a default.
 * `AWS_REQUEST_CHECKSUM_CALCULATION=WHEN_REQUIRED` (and `…RESPONSE_CHECKSUM_VALIDATION`) are for
 * servers that refuse the SDK's CRC32 headers; AWS and Ceph take them on the whole bodies sent here.
 */
export interface S3Settings {
  /** Base URL of another server than AWS. Default: `AWS_ENDPOINT_URL_S3`, then `AWS_ENDPOINT_URL`. */
  readonly endpoint?: string | undefined;
  /** Default: `AWS_REGION`, `AWS_DEFAULT_REGION`, the profile; `us-east-1` with an endpoint. */
  readonly region?: string | undefined;
  readonly credentials?:
    | { readonly accessKeyId: string; readonly secretAccessKey: string }
    | undefined;
  readonly checksums?: 'WHEN_SUPPORTED' | 'WHEN_REQUIRED' | undefined;
  /** Tries of one request, the first included. Default: `AWS_MAX_ATTEMPTS`, then 8. */
  readonly maxAttempts?: number | undefined;
  readonly timeouts?: Partial<S3Timeouts> | undefined;
}

/** Milliseconds. */
export interface S3Timeouts {
  /** For a TCP and TLS connection to come about. */
  readonly connect: number;
  /** From the start of a request without a body to its answer's headers. */
  readonly answer: number;
  /** Between two chunks of a body that is being read, while its reader waits for one. */
  readonly idle: number;
}

export const DEFAULT_TIMEOUTS: S3Timeouts = { connect: 5_000, answer: 30_000, idle: 30_000 };

/**
 * The SDK waits 50 ms before the second try (1 s when the server asks to slow down) and up to twice
 * as long before each further one: eight tries outlast a failover of some seconds.
 */
const DEFAULT_ATTEMPTS = 8;

/** The SDK's configuration. Where it stays silent, the SDK reads its own variables and files. */
export function clientConfig(
  settings: S3Settings,
  env: NodeJS.ProcessEnv = process.env,
): S3ClientConfig {
  const endpoint = settings.endpoint ?? env['AWS_ENDPOINT_URL_S3'] ?? env['AWS_ENDPOINT_URL'];
  const region =
    settings.region ?? env['AWS_REGION'] ?? env['AWS_DEFAULT_REGION'] ?? (endpoint && 'us-east-1');
  const timeouts = { ...DEFAULT_TIMEOUTS, ...settings.timeouts };
  return {
    // A server of one's own seldom has a DNS name for each bucket.
    ...(endpoint ? { endpoint, forcePathStyle: true } : { followRegionRedirects: true }),
    ...(region && { region }),
    ...(settings.credentials && { credentials: settings.credentials }),
    ...(settings.checksums && {
      requestChecksumCalculation: settings.checksums,
      responseChecksumValidation: settings.checksums,
    }),
    ...retries(settings.maxAttempts, env),
    requestHandler: {
      connectionTimeout: timeouts.connect,
      requestTimeout: timeouts.answer,
      throwOnRequestTimeout: true,
      // The SDK's idle limit also counts while a slow reader leaves a body waiting; bodies have
      // their own watch that does not.
      socketTimeout: 0,
    },
  };
}

function retries(maxAttempts: number | undefined, env: NodeJS.ProcessEnv): S3ClientConfig {
  const attempts = maxAttempts ?? (env['AWS_MAX_ATTEMPTS'] ? undefined : DEFAULT_ATTEMPTS);
  return {
    ...(attempts !== undefined && { maxAttempts: attempts }),
    ...(!env['AWS_RETRY_MODE'] && { retryMode: 'adaptive' }),
  };
}
