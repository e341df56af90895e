import { FleetError } from '../../fleet/errors/fleet-error.ts';
import { FleetGatherer } from '../../fleet/status/gather.ts';
import { assembleSnapshot, type Rows } from './assemble.ts';
import type { FleetQueries } from './queries.ts';
import type { FleetSnapshot } from './snapshot.ts';
import { isAsked } from './worker-condition.ts';

export interface CollectorOptions {
  readonly queries: FleetQueries;
  readonly token?: string | undefined;
  /** For each worker; 1000 by default. */
  readonly workerTimeoutMs?: number | undefined;
  /** Do not wait for slow workers longer than this: show what they said before. */
  readonly patienceMs?: number | undefined;
  /** For the database; 5000 by default. */
  readonly databaseTimeoutMs?: number | undefined;
}

/** Takes one snapshot after the other and remembers what was known, for when something does not answer. */
export class FleetCollector {
  readonly #options: CollectorOptions;
  #rows: Rows | undefined;
  readonly #gatherer: FleetGatherer;

  constructor(options: CollectorOptions) {
    this.#options = options;
    const { token, workerTimeoutMs: timeoutMs } = options;
    this.#gatherer = new FleetGatherer({ token, timeoutMs });
  }

  /**
   * Waits for the database and the workers no longer than their time-outs. Without an answer of the
   * database the last rows are used again.
   *
   * @throws what the queries throw, or `DATABASE_UNREACHABLE` when they time out, while there are no rows yet;
   * the signal's reason when aborted.
   */
  async collect(signal: AbortSignal): Promise<FleetSnapshot> {
    const failure = await this.#refreshRows(signal);
    const rows = this.#rows;
    if (rows === undefined) throw failure;
    const urls = rows.workers.filter(isAsked).map(({ statusUrl }) => statusUrl);
    const reaches = await this.#gatherer.gather(urls, {
      signal,
      patienceMs: this.#options.patienceMs,
    });
    return assembleSnapshot(rows, reaches, performance.now(), failure);
  }

  async #refreshRows(signal: AbortSignal): Promise<unknown> {
    const { queries, databaseTimeoutMs = 5000 } = this.#options;
    const deadline = AbortSignal.timeout(databaseTimeoutMs);
    const either = AbortSignal.any([signal, deadline]);
    try {
      const asked = Promise.all([
        queries.database(either),
        queries.jobs(either),
        queries.workers(either),
      ]);
      const [database, jobs, workers] = await unlessAborted(asked, either);
      this.#rows = { database, jobs, workers, atMs: performance.now() };
      return undefined;
    } catch (error) {
      signal.throwIfAborted();
      return deadline.aborted
        ? new FleetError(
            'DATABASE_UNREACHABLE',
            `The database did not answer within ${databaseTimeoutMs} ms.`,
            { cause: error },
          )
        : error;
    }
  }
}

/** The client may not be able to give a query up: then it is left behind. */
async function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const onAbort = () => reject(signal.reason as Error);
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
