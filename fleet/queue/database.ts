import { type ClientConfig, Pool, type PoolClient, type PoolConfig, type QueryResultRow } from 'pg';
import { databaseError } from './database-error.ts';

export interface DatabaseOptions {
  readonly url: string;
  /** Shown in pg_stat_activity. */
  readonly applicationName: string;
  /** Connections at most. */
  readonly size?: number;
  /** The role to act as (`set role`), for local fleets whose user may be anything. */
  readonly role?: string | undefined;
  /**
   * True behind a transaction pooler: nothing is set for or prepared in a session, because the next
   * statement may run in another one. `role` cannot be had then.
   */
  readonly pooled?: boolean | undefined;
  /** Milliseconds after which Postgres ends a statement; a safeguard, not a tuning knob. */
  readonly statementTimeoutMs?: number;
  /** Called when an idle connection breaks; the pool replaces it by itself. */
  readonly onError?: (error: Error) => void;
}

/** A pool of connections whose errors are `FleetError`s. */
export interface Database {
  query<Row extends QueryResultRow>(text: string, values?: readonly unknown[]): Promise<Row[]>;
  /** The same for a statement that is sent often: planned once a connection, under its name. */
  call<Row extends QueryResultRow>(
    name: string,
    text: string,
    values: readonly unknown[],
  ): Promise<Row[]>;
  /** One connection for several statements; the callback's errors roll back. */
  transaction<T>(work: (client: PoolClient) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** Half a TCP connection looks alive for hours without these. */
const CONNECT_TIMEOUT_MS = 10_000;
const KEEP_ALIVE_DELAY_MS = 5_000;

export function openDatabase(options: DatabaseOptions): Database {
  const pool = new Pool(poolConfig(options));
  pool.on('error', (error) => options.onError?.(error));
  return {
    async query<Row extends QueryResultRow>(text: string, values: readonly unknown[] = []) {
      try {
        return (await pool.query<Row>(text, [...values])).rows;
      } catch (error) {
        throw databaseError(error);
      }
    },
    async call<Row extends QueryResultRow>(name: string, text: string, values: readonly unknown[]) {
      const named = options.pooled ? {} : { name };
      try {
        return (await pool.query<Row>({ ...named, text, values: [...values] })).rows;
      } catch (error) {
        throw databaseError(error);
      }
    },
    transaction: (work) => inTransaction(pool, work),
    close: () => pool.end(),
  };
}

/** What every connection of the project has in common. */
export function connectionConfig(options: DatabaseOptions): ClientConfig {
  return {
    connectionString: options.url,
    application_name: options.applicationName,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_DELAY_MS,
    ...timeouts(options),
    ...(options.role === undefined ? {} : { options: `-c role=${options.role}` }),
  };
}

function timeouts({ statementTimeoutMs, pooled }: DatabaseOptions): ClientConfig {
  if (statementTimeoutMs === undefined) return {};
  return {
    ...(pooled ? {} : { statement_timeout: statementTimeoutMs }),
    // The client's own limit: the server's does not fire on a half-open socket.
    query_timeout: statementTimeoutMs + 5_000,
  };
}

function poolConfig(options: DatabaseOptions): PoolConfig {
  return {
    ...connectionConfig(options),
    max: options.size ?? 4,
    idleTimeoutMillis: 30_000,
    allowExitOnIdle: false,
  };
}

async function inTransaction<T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> {
  let client: PoolClient | undefined;
  let broken: Error | undefined;
  try {
    client = await pool.connect();
    await client.query('begin');
    const result = await work(client);
    await client.query('commit');
    return result;
  } catch (error) {
    await client?.query('rollback').catch((cause: Error) => {
      broken = cause;
    });
    throw databaseError(error);
  } finally {
    client?.release(broken);
  }
}
