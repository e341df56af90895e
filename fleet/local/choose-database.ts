import type { Config } from '../config/config.ts';
import { openLocalPostgres } from './postgres/open.ts';

export interface ChosenDatabase {
  readonly kind: 'server' | 'embedded';
  /** For `pg`; `postgresql://` stands for the libpq variables. */
  readonly url: string;
  /** To be called when all connections are closed. */
  release(): Promise<void>;
}

/** The database that the configuration names; the embedded one is started if it is not running. */
export async function chooseDatabase(
  { database, dataDir }: Config,
  signal: AbortSignal,
): Promise<ChosenDatabase> {
  if (database.kind === 'server') return { ...database, release: async () => undefined };
  const postgres = await openLocalPostgres({ dataDir }, signal);
  return { kind: 'embedded', url: postgres.url, release: () => postgres.release() };
}
