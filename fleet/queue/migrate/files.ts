import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { packageRoot } from '../package-root.ts';

/** One forward step of the schema. */
export interface Migration {
  readonly version: number;
  readonly name: string;
  readonly sql: string;
  /** SHA-256 of the file, hex: an applied migration never changes. */
  readonly checksum: string;
}

/** Everything under `sql/` that makes the schema. */
export interface SchemaFiles {
  readonly roles: string;
  readonly migrations: readonly Migration[];
  /** The functions, triggers, views and grants, in the order of their file names. */
  readonly functions: string;
  readonly functionsChecksum: string;
}

const MIGRATION_FILE = /^(\d{4})_([a-z0-9_]+)\.sql$/;

export async function readSchemaFiles(folder = join(packageRoot, 'sql')): Promise<SchemaFiles> {
  const functions = (await readAll(join(folder, 'functions'))).map((file) => file.text).join('\n');
  return {
    roles: await readFile(join(folder, 'roles.sql'), 'utf8'),
    migrations: (await readAll(join(folder, 'migrations'))).map(toMigration),
    functions,
    functionsChecksum: digest(functions),
  };
}

function toMigration(file: { name: string; text: string }, index: number): Migration {
  const [, version, name] = MIGRATION_FILE.exec(file.name) ?? [];
  if (version === undefined || name === undefined || Number(version) !== index + 1) {
    throw new Error(`sql/migrations/${file.name}: expected number ${index + 1} as NNNN_name.sql`);
  }
  return { version: Number(version), name, sql: file.text, checksum: digest(file.text) };
}

async function readAll(folder: string): Promise<{ name: string; text: string }[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort();
  return Promise.all(
    names.map(async (name) => ({ name, text: await readFile(join(folder, name), 'utf8') })),
  );
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
