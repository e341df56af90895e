import { Client } from 'pg';
import { connectionConfig } from '../../queue/database.ts';
import { type Beat, heartbeat } from '../../queue/protocol/heartbeat.ts';
import type { Held } from '../../queue/protocol/held.ts';

export interface BeatConnectionOptions {
  readonly url: string;
  readonly applicationName: string;
  readonly role?: string | undefined;
  /** Behind a transaction pooler; see `DatabaseOptions`. */
  readonly pooled?: boolean | undefined;
  /** How long connecting, and how long a beat may take. A half-open socket is noticed by it. */
  readonly timeoutMs: number;
}

/** The heartbeat's own connection to Postgres: opened when it is needed, given up at any trouble. */
export class BeatConnection {
  readonly #options: BeatConnectionOptions;
  #client: Client | undefined;

  constructor(options: BeatConnectionOptions) {
    this.#options = options;
  }

  /** One beat. Throws what `pg` throws; the next one connects anew then. */
  async beat(worker: number, held: readonly Held[], pages: number): Promise<Beat> {
    try {
      this.#client ??= await this.#connect();
      return await heartbeat(this.#client, worker, held, pages, this.#options);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  close(): void {
    const client = this.#client;
    this.#client = undefined;
    if (client !== undefined) giveUp(client);
  }

  async #connect(): Promise<Client> {
    const { timeoutMs, ...address } = this.#options;
    const client = new Client({
      ...connectionConfig(address),
      connectionTimeoutMillis: timeoutMs,
      query_timeout: timeoutMs,
    });
    // A connection that breaks between two beats: the next beat finds it closed.
    client.on('error', () => this.#client === client && this.close());
    try {
      await client.connect();
    } catch (error) {
      giveUp(client);
      throw error;
    }
    return client;
  }
}

function giveUp(client: Client): void {
  client.end().catch(() => undefined);
}
