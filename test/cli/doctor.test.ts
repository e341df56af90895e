import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fleet } from '../harness/cli.ts';
import { createDatabase, type TestDatabase } from '../harness/database.ts';
import { makeTemporaryFolder, removeTemporaryFolder } from '../harness/temporary-folder.ts';

interface Report {
  readonly healthy: boolean;
  readonly findings: readonly { check: string; state: string; detail: string; remedy?: string }[];
}

describe('fleet doctor', () => {
  let folder: string;
  let database: TestDatabase;
  beforeAll(async () => {
    [folder, database] = await Promise.all([makeTemporaryFolder(), createDatabase()]);
  });
  afterAll(async () => {
    await database.drop();
    await removeTemporaryFolder(folder);
  });

  async function examine(url: string, ...parameters: string[]) {
    const { exitCode, stdout } = await fleet(['doctor', '--json', ...parameters], {
      env: {
        DATABASE_URL: url,
        FLEET_DATA_DIR: folder,
        FLEET_CACHE_DIR: path.join(folder, 'cache'),
      },
    });
    const report = JSON.parse(stdout) as Report;
    return {
      exitCode,
      report,
      of: (name: string) => report.findings.find((f) => f.check === name),
    };
  }

  it('finds nothing wrong where nothing is wrong', async () => {
    const { exitCode, report } = await examine(database.url, '--output', folder);
    expect(report.findings.filter(({ state }) => state === 'fail')).toEqual([]);
    expect(report.findings.map(({ check }) => check)).toEqual([
      'runtime',
      'memory',
      'data folder',
      'cache folder',
      'database',
      'schema',
      'roles',
      'notifications',
      'models',
      `store ${folder}`,
    ]);
    expect(exitCode).toBe(0);
  });

  it('ends with 1 and the remedy when the database is not there, and goes on with the rest', async () => {
    const { exitCode, of } = await examine('postgres://alice@127.0.0.1:1/fleet');
    expect(of('database')).toMatchObject({ state: 'fail', remedy: expect.any(String) });
    expect(of('schema')).toBeUndefined();
    expect(of('models')).toMatchObject({ state: 'ok' });
    expect(exitCode).toBe(1);
  });

  it('asks for `fleet migrate` where there is no schema', async () => {
    const url = new URL(database.url);
    url.pathname = 'postgres';
    const { of } = await examine(url.href);
    expect(of('schema')).toMatchObject({
      state: 'fail',
      remedy: expect.stringContaining('fleet migrate'),
    });
  });

  it('says so when the database user may do nothing', async () => {
    const user = `nobody_${Date.now()}`;
    const admin = new Client({ connectionString: database.url });
    await admin.connect();
    await admin.query(`create role ${user} login password 'secret'`);
    const url = new URL(database.url);
    [url.username, url.password] = [user, 'secret'];
    const { of } = await examine(url.href);
    await admin.query(`drop role ${user}`);
    await admin.end();
    expect(of('roles')).toMatchObject({ state: 'fail', remedy: expect.stringContaining('grant') });
  });

  it('names a store that cannot be written to', async () => {
    const file = path.join(folder, 'file');
    await writeFile(file, '');
    const { exitCode, of } = await examine(database.url, '--output', path.join(file, 'out'));
    expect(of(`store ${path.join(file, 'out')}`)).toMatchObject({ state: 'fail' });
    expect(exitCode).toBe(1);
  });
});
