import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { readConfig } from '../../fleet/config/config.ts';

describe('the configuration', () => {
  it('takes DATABASE_URL before the libpq variables', () => {
    const url = 'postgres://alice@db.example/fleet';
    expect(readConfig({ DATABASE_URL: url, PGHOST: 'other' }).database).toEqual({
      kind: 'server',
      url,
    });
  });

  it('leaves it to the libpq variables when there is no DATABASE_URL', () => {
    expect(readConfig({ PGHOST: 'db.example' }).database).toEqual({
      kind: 'server',
      url: 'postgresql://',
    });
  });

  it.each([{}, { DATABASE_URL: '' }])(
    'falls back to the embedded database with %o',
    (variables) => {
      expect(readConfig(variables).database).toEqual({ kind: 'embedded' });
    },
  );

  it('makes folders absolute', () => {
    const { dataDir, cacheDir } = readConfig({ FLEET_DATA_DIR: 'data', FLEET_CACHE_DIR: 'cache' });
    expect([dataDir, cacheDir]).toEqual([path.resolve('data'), path.resolve('cache')]);
  });

  it('names the variable that is wrong, and not its value', () => {
    const read = () => readConfig({ DATABASE_URL: 'mysql://root:hunter2@db/fleet' });
    expect(read).toThrow('DATABASE_URL must begin with postgres:// or postgresql://');
    expect(read).not.toThrow(/hunter2/);
  });

  it('names what a wrong level could be instead', () => {
    expect(() => readConfig({ FLEET_LOG_LEVEL: 'loud' })).toThrow(
      /FLEET_LOG_LEVEL must be one of trace, debug, info/,
    );
  });
});
