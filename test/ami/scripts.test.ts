import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { amiFolder, readAmi } from './files.ts';
import { isInstalled, run } from './tool.ts';

const scripts = readdirSync(amiFolder).filter((name) => name.endsWith('.sh'));
const hasShellcheck = isInstalled('shellcheck');
/** Of the program, as it is unpacked in the image. */
const home = '/opt/fleet/';

/** Where a file of the image comes from; a built one from its source. */
const sourceOf = (file: string) =>
  path.join(amiFolder, '..', file.replace(/^dist\/(.*)\.js$/, '$1.ts'));

describe('the scripts of the image', () => {
  it.each(scripts)('%s is a shell script without errors', (name) => {
    expect(run('sh', ['-n', path.join(amiFolder, name)])).toMatchObject({ status: 0, stderr: '' });
  });

  it.skipIf(!hasShellcheck).each(scripts)('%s pleases shellcheck', (name) => {
    expect(run('shellcheck', [path.join(amiFolder, name)]).stdout).toBe('');
  });

  it.each(['fleet-worker.service', 'end-with-worker.conf', 'launch.yaml', 'goss.yaml'])(
    '%s names only files that the program has',
    (name) => {
      const files = readAmi(name).match(/\/opt\/fleet\/[\w./-]+\w/g) ?? [];
      const own = files.map((file) => file.slice(home.length));
      const missing = own.filter(
        (file) => !file.startsWith('node_modules/') && !existsSync(sourceOf(file)),
      );
      expect(missing).toEqual([]);
    },
  );

  it('has checks of the image that goss can read', () => {
    expect(parse(readAmi('goss.yaml'))).toMatchObject({
      service: { 'fleet-worker': { enabled: true } },
    });
  });
});
