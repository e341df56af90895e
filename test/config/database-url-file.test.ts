import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readConfig } from '../../fleet/config/config.ts';
import { makeTemporaryFolder, removeTemporaryFolder } from '../harness/temporary-folder.ts';

const url = 'postgres://spot_worker:hunter2@db.example/fleet';
let folder: string;
let file: string;

beforeAll(async () => {
  folder = await makeTemporaryFolder();
  file = path.join(folder, 'database-url');
});
afterAll(() => removeTemporaryFolder(folder));

describe('DATABASE_URL_FILE', () => {
  it('names a file whose only line is the URL', async () => {
    await writeFile(file, `${url}\n`);
    expect(readConfig({ DATABASE_URL_FILE: file }).database).toEqual({ kind: 'server', url });
  });

  it('counts more than the libpq variables, and less than DATABASE_URL', async () => {
    await writeFile(file, url);
    const variables = { DATABASE_URL_FILE: file, PGHOST: 'other' };
    expect(readConfig(variables).database).toEqual({ kind: 'server', url });
    const own = 'postgres://own/fleet';
    expect(readConfig({ ...variables, DATABASE_URL: own }).database).toEqual({
      kind: 'server',
      url: own,
    });
  });

  it('is refused when there is no such file', () => {
    const missing = path.join(folder, 'missing');
    expect(() => readConfig({ DATABASE_URL_FILE: missing })).toThrow(
      `DATABASE_URL_FILE names ${missing}, which cannot be read (ENOENT).`,
    );
  });

  it('is refused when the file is empty, for the embedded database is not what was meant', async () => {
    await writeFile(file, '\n');
    expect(() => readConfig({ DATABASE_URL_FILE: file })).toThrow('which is empty');
  });

  it('does not show what the file holds when that is no URL', async () => {
    await writeFile(file, 'mysql://root:hunter2@db/fleet');
    const read = () => readConfig({ DATABASE_URL_FILE: file });
    expect(read).toThrow('DATABASE_URL must begin with postgres://');
    expect(read).not.toThrow(/hunter2/);
  });
});
