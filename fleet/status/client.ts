import { Agent, type Dispatcher, request } from 'undici';
import { FleetError } from '../errors/fleet-error.ts';
import { type WorkerStatus, workerStatusSchema } from './status.ts';

export interface FetchStatusOptions {
  readonly signal?: AbortSignal | undefined;
  readonly token?: string | undefined;
  /** For the whole exchange; 1000 by default. */
  readonly timeoutMs?: number | undefined;
}

/** A peer may be wrong or hostile: no answer is read beyond this. */
const maxAnswerBytes = 1 << 20;

/** One connection a worker, kept between refreshes. */
const agent = new Agent({ connections: 1, maxResponseSize: maxAnswerBytes });

/**
 * What the worker at `url` (its base address) says of itself.
 *
 * @throws `STATUS_UNREACHABLE`, `STATUS_DENIED`, `STATUS_INVALID`; the signal's reason when aborted.
 */
export async function fetchStatus(
  url: string,
  options: FetchStatusOptions = {},
): Promise<WorkerStatus> {
  const { signal, token, timeoutMs = 1000 } = options;
  const deadline = AbortSignal.timeout(timeoutMs);
  try {
    const answer = await request(statusUrl(url), {
      dispatcher: agent,
      signal: signal === undefined ? deadline : AbortSignal.any([signal, deadline]),
      headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
    });
    return await readStatus(url, answer);
  } catch (cause) {
    signal?.throwIfAborted();
    if (cause instanceof FleetError) throw cause;
    const reason = deadline.aborted ? `no answer within ${timeoutMs} ms` : reasonOf(cause);
    throw new FleetError('STATUS_UNREACHABLE', `${url}: ${reason}`, { cause });
  }
}

function statusUrl(base: string): URL {
  const url = URL.parse('status', base.endsWith('/') ? base : `${base}/`);
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new FleetError('STATUS_INVALID', `${base}: not an http address`);
  }
  return url;
}

async function readStatus(url: string, answer: Dispatcher.ResponseData): Promise<WorkerStatus> {
  if (answer.statusCode !== 200) {
    await answer.body.dump();
    const denied = answer.statusCode === 401;
    throw denied
      ? new FleetError('STATUS_DENIED', `${url}: the token is missing or wrong`)
      : new FleetError('STATUS_INVALID', `${url}: answered with HTTP status ${answer.statusCode}`);
  }
  const status = workerStatusSchema.safeParse(parseJson(url, await answer.body.text()));
  if (status.success) return status.data;
  const field = status.error.issues[0]?.path.join('.') ?? '';
  throw new FleetError(
    'STATUS_INVALID',
    `${url}: not a worker's status (at ${field || 'the top'})`,
    {
      cause: status.error,
    },
  );
}

function parseJson(url: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new FleetError('STATUS_INVALID', `${url}: the answer is not JSON`, { cause });
  }
}

function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  const code = 'code' in cause ? String(cause.code) : '';
  return code === 'ECONNREFUSED' ? 'connection refused' : cause.message || code;
}
