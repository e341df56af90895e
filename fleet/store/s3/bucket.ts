import { S3Client } from '@aws-sdk/client-s3';
import { s3Error } from './errors.ts';
import { clientConfig, DEFAULT_TIMEOUTS, type S3Settings, type S3Timeouts } from './settings.ts';

/** Bytes a second below which an upload counts as stalled: 8 MiB may take two minutes. */
const SLOWEST_UPLOAD = 64 * 1024;

/** What a single request may add to the client's configuration. */
interface RequestOptions {
  readonly abortSignal?: AbortSignal;
}

/** One bucket and the client that talks to it. */
export class S3Bucket {
  readonly name: string;
  readonly client: S3Client;
  readonly timeouts: S3Timeouts;

  constructor(name: string, settings: S3Settings) {
    this.name = name;
    this.client = new S3Client(clientConfig(settings));
    this.timeouts = { ...DEFAULT_TIMEOUTS, ...settings.timeouts };
  }

  /** The object or prefix as messages call it. */
  nameOf(key: string): string {
    return `s3://${this.name}/${key}`;
  }

  /**
   * Runs one request to its answer, tried again as the client is configured to. Throws the signal's
   * reason when it aborts, otherwise a `STORE_*` error about `key`.
   */
  async request<T>(
    key: string,
    signal: AbortSignal | undefined,
    send: (options: RequestOptions) => Promise<T>,
  ): Promise<T> {
    try {
      signal?.throwIfAborted();
      return await send(signal ? { abortSignal: signal } : {});
    } catch (error) {
      signal?.throwIfAborted();
      throw s3Error(error, this.nameOf(key));
    }
  }

  /** Milliseconds that a request with a body of `bytes` may take. */
  uploadTimeout(bytes: number): number {
    return this.timeouts.answer + (bytes / SLOWEST_UPLOAD) * 1000;
  }

  close(): void {
    this.client.destroy();
  }
}
