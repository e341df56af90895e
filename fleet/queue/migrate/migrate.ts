import type pg from 'pg';
import { FleetError } from '../../errors/fleet-error.ts';
import type { Database } from '../database.ts';
import { readSchemaFiles, type Migration, type SchemaFiles } from './files.ts';

export interface MigrateResult {
  /** Versions applied by this call; empty when the schema was up to date. */
  readonly applied: readonly { readonly version: number; readonly name: string }[];
  /** True when functions, views and grants were replaced. */
  readonly functionsReplaced: boolean;
  readonly version: number;
}

interface AppliedRow {
  version: number;
  name: string;
  checksum: string;
}

/** Two programs that migrate one database at the same time take turns on this lock. */
const MIGRATION_LOCK = "select pg_advisory_xact_lock(hashtextextended('fleet migrate', 0))";

/**
 * Installs or upgrades the schema in one transaction: all of it or nothing. Throws `DATABASE_NEWER`
 * when a later program was here, `DATABASE_MIGRATION_CHANGED` when an applied file was edited.
 */
export async function migrate(database: Database, files?: SchemaFiles): Promise<MigrateResult> {
  const schema = files ?? (await readSchemaFiles());
  return database.transaction(async (client) => {
    await client.query(MIGRATION_LOCK);
    await client.query(schema.roles);
    await client.query('create schema if not exists fleet authorization fleet_owner');
    await client.query('set local role fleet_owner');
    await client.query(BOOKKEEPING);
    const { rows } = await client.query<AppliedRow>(
      'select * from fleet.migration order by version',
    );
    const pending = pendingMigrations(rows, schema.migrations);
    for (const migration of pending) {
      await apply(client, migration);
    }
    const functionsReplaced = await replaceFunctions(client, schema);
    return {
      applied: pending.map(({ version, name }) => ({ version, name })),
      functionsReplaced,
      version: schema.migrations.length,
    };
  });
}

const BOOKKEEPING = `
  create table if not exists fleet.migration (
    -- 0: the functions, views and grants, replaced as a whole when their text changes
    version integer primary key,
    name text not null,
    checksum text not null,
    applied_at timestamptz not null default now()
  )`;

/** What is still to be applied. Throws when the database and the files contradict each other. */
export function pendingMigrations(
  applied: readonly AppliedRow[],
  migrations: readonly Migration[],
): readonly Migration[] {
  for (const row of applied) {
    if (row.version === 0) {
      continue;
    }
    const migration = migrations[row.version - 1];
    if (migration === undefined) {
      throw new FleetError(
        'DATABASE_NEWER',
        `the database's schema is at version ${applied.at(-1)?.version}, this program knows ${migrations.length}`,
      );
    }
    if (migration.checksum !== row.checksum) {
      throw new FleetError(
        'DATABASE_MIGRATION_CHANGED',
        `migration ${row.version} (${row.name}) was applied with other contents than its file has now`,
      );
    }
  }
  return migrations.filter(
    (migration) => !applied.some((row) => row.version === migration.version),
  );
}

async function apply(client: pg.PoolClient, migration: Migration): Promise<void> {
  await client.query(migration.sql);
  await client.query('insert into fleet.migration (version, name, checksum) values ($1, $2, $3)', [
    migration.version,
    migration.name,
    migration.checksum,
  ]);
}

async function replaceFunctions(client: pg.PoolClient, schema: SchemaFiles): Promise<boolean> {
  const { rowCount } = await client.query(
    'select from fleet.migration where version = 0 and checksum = $1',
    [schema.functionsChecksum],
  );
  if (rowCount === 1) {
    return false;
  }
  await client.query(schema.functions);
  await client.query(
    `insert into fleet.migration (version, name, checksum) values (0, 'functions', $1)
     on conflict (version) do update set checksum = excluded.checksum, applied_at = now()`,
    [schema.functionsChecksum],
  );
  return true;
}
