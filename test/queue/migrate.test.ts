import { describe, expect, it } from 'vitest';
import { openDatabase } from '../../fleet/queue/database.ts';
import { readSchemaFiles } from '../../fleet/queue/migrate/files.ts';
import { migrate, pendingMigrations } from '../../fleet/queue/migrate/migrate.ts';
import { useSchema, withDatabase } from './schema.ts';

describe('migrate', () => {
  const schema = useSchema();

  it('does nothing to a schema that is up to date', async () => {
    const files = await readSchemaFiles();
    expect(await migrate(schema.database, files)).toEqual({
      applied: [],
      functionsReplaced: false,
      version: files.migrations.length,
    });
  });

  it('applies what is new, once, when several programs start at the same time', async () => {
    const files = await readSchemaFiles();
    const next = {
      ...files,
      migrations: [
        ...files.migrations,
        {
          version: files.migrations.length + 1,
          name: 'next',
          sql: 'create table fleet.next (id int)',
          checksum: 'abc',
        },
      ],
      functionsChecksum: 'changed',
    };

    const results = await Promise.all([1, 2, 3].map(() => migrate(schema.database, next)));

    expect(results.map((result) => result.applied.length).sort((a, b) => a - b)).toEqual([0, 0, 1]);
    expect(results.filter((result) => result.functionsReplaced)).toHaveLength(1);
    await expect(migrate(schema.database, files)).rejects.toMatchObject({ code: 'DATABASE_NEWER' });
  });

  it('leaves nothing behind when a step fails', async () => {
    const files = await readSchemaFiles();
    const broken = {
      version: files.migrations.length + 2,
      name: 'broken',
      sql: 'create table fleet.half (id int); select 1 / 0',
      checksum: 'x',
    };
    const next = { version: broken.version - 1, name: 'next', sql: '', checksum: 'abc' };

    await expect(
      migrate(schema.database, { ...files, migrations: [...files.migrations, next, broken] }),
    ).rejects.toThrow(/division by zero/);
    expect(await schema.value("select to_regclass('fleet.half')")).toBeNull();
  });

  it('refuses an applied file that was edited', async () => {
    const { migrations } = await readSchemaFiles();
    const [first] = migrations;
    const applied = [{ version: 1, name: 'tables', checksum: 'another' }];

    expect(() => pendingMigrations(applied, migrations)).toThrow(/migration 1 \(tables\)/);
    expect(first?.checksum).toMatch(/^[0-9a-f]{64}$/);
  });

  it('is asked for by name when the schema is missing', async () => {
    await schema.database.query('create database empty_one');
    const url = withDatabase(schema.url, 'empty_one');
    const empty = openDatabase({ url, applicationName: 'test', size: 1 });
    try {
      await expect(empty.query('select * from fleet.progress')).rejects.toMatchObject({
        code: 'DATABASE_NOT_MIGRATED',
        remedy: 'Run `fleet migrate`.',
      });
    } finally {
      await empty.close();
      await schema.database.query('drop database empty_one');
    }
  });
});
