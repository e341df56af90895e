import type { TestProject } from 'vitest/node';
import { openLocalPostgres } from '../../fleet/local/postgres/open.ts';
import { openDatabase } from '../../fleet/queue/database.ts';
import { migrate } from '../../fleet/queue/migrate/migrate.ts';
import { makeTemporaryFolder, removeLeftovers, removeTemporaryFolder } from './temporary-folder.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Of the migrated database that `createDatabase` copies, over TCP. Never connect to it. */
    templateUrl: string;
  }
}

/** Vitest's global setup: one Postgres for the run, in a folder of its own. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  await removeLeftovers();
  const folder = await makeTemporaryFolder();
  const postgres = await openLocalPostgres(
    { dataDir: folder, tcp: true, settings: { fsync: 'off', max_connections: '500' } },
    AbortSignal.timeout(120_000),
  );
  const templateUrl = postgres.tcpUrl ?? '';
  const template = openDatabase({ url: templateUrl, applicationName: 'test template' });
  await migrate(template);
  await template.close();
  project.provide('templateUrl', templateUrl);
  return async () => {
    await postgres.release();
    await removeTemporaryFolder(folder);
  };
}
