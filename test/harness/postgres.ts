import { type LocalPostgres, openLocalPostgres } from '../../fleet/local/postgres/open.ts';
import { makeTemporaryFolder, removeTemporaryFolder } from './temporary-folder.ts';

export interface OwnPostgres extends LocalPostgres {
  /** Over TCP, of the empty database `fleet`. */
  readonly tcpUrl: string;
  /** Ends it and removes its folder. */
  remove(): Promise<void>;
}

/**
 * A server of a test's own, for tests that kill it. Killed (`process.kill(await pid(), …)`), it
 * comes up again by itself on the same port.
 */
export async function startOwnPostgres(): Promise<OwnPostgres> {
  const dataDir = await makeTemporaryFolder();
  const postgres = await openLocalPostgres(
    { dataDir, tcp: true, settings: { fsync: 'off' } },
    AbortSignal.timeout(120_000),
  );
  const remove = async (): Promise<void> => {
    await postgres.release();
    await removeTemporaryFolder(dataDir);
  };
  return { ...postgres, tcpUrl: postgres.tcpUrl ?? '', remove };
}
