import type { TestProject } from 'vitest/node';
import { openLocalPostgres } from '../../fleet/local/postgres/open.ts';
import { openDatabase } from '../../fleet/queue/database.ts';
import { migrate } from '../../fleet/queue/migrate/migrate.ts';
import { makeTemporaryFolder, removeLeftovers, removeTemporaryFolder } from './temporary-folder.ts';

declare module 'vitest' {
  interface ProvidedContext {
    template: Template;
  }
}

/** The migrated database that `createDatabase` copies. */
export interface Template {
  /** Over TCP. Never connect to it: a database in use cannot be copied. */
  readonly url: string;
  /** Why it could not be migrated: fails the tests that need it, and no others. */
  readonly failure: string | undefined;
}

/** Vitest's global setup: one Postgres for the run, in a folder of its own. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  await removeLeftovers();
  const folder = await makeTemporaryFolder();
  const postgres = await openLocalPostgres(
    { dataDir: folder, tcp: true, settings: { fsync: 'off', max_connections: '500' } },
    AbortSignal.timeout(120_000),
  );
  const url = postgres.tcpUrl ?? '';
  project.provide('template', { url, failure: await prepareTemplate(url) });
  return async () => {
    await postgres.release();
    await removeTemporaryFolder(folder);
  };
}

async function prepareTemplate(url: string): Promise<string | undefined> {
  const template = openDatabase({ url, applicationName: 'test template' });
  try {
    await migrate(template);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  } finally {
    await template.close();
  }
}
