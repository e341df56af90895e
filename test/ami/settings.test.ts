import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parseEnv } from 'node:util';
import { describe, expect, it } from 'vitest';
import { readConfig } from '../../fleet/config/config.ts';
import { workerOptions } from '../../fleet/worker/options.ts';
import { amiFolder, readAmi } from './files.ts';

const variables = (text: string) => [...new Set(text.match(/\bFLEET_[A-Z_]+/g) ?? [])];
const known = ['config/config.ts', 'worker/options.ts'].flatMap((source) =>
  variables(readFileSync(path.join(amiFolder, '..', 'fleet', source), 'utf8')),
);

/** The example with every setting in force. */
const example = parseEnv(readAmi('worker.env').replace(/^#(?=[A-Z_]+=)/gm, ''));

describe('the settings on a machine', () => {
  it.each(['worker.env', 'fleet-worker.service', 'launch.yaml', 'provision.sh', 'README.md'])(
    '%s names only variables that the program reads',
    (file) => {
      expect(known).toEqual(expect.arrayContaining(variables(readAmi(file))));
    },
  );

  it('has examples that the program accepts', () => {
    expect(readConfig(example).logLevel).toBe('info');
    const given = { databaseUrl: 'postgres://db.example/fleet', cacheDir: '/var/cache/fleet' };
    expect(workerOptions(given, example)).toMatchObject({ slots: 2, untilEmpty: true });
  });
});
