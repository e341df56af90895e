import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeTemporaryFolder, removeTemporaryFolder } from '../harness/temporary-folder.ts';
import { amiFolder, readAmi } from './files.ts';
import { isInstalled, run } from './tool.ts';

const name = 'fleet-worker.service';
const unit = readAmi(name);
const hasSystemd = isInstalled('systemd-analyze');
let folder: string;

beforeAll(async () => {
  folder = await makeTemporaryFolder();
});
afterAll(() => removeTemporaryFolder(folder));

/** The unit with its drop-in, and with programs that exist here. */
async function install(text: string): Promise<string> {
  const file = path.join(folder, name);
  const here = (each: string) =>
    each
      .replace('/opt/fleet/node_modules/.bin/node', process.execPath)
      .replace('/opt/fleet/ami', amiFolder);
  await mkdir(`${file}.d`, { recursive: true });
  await writeFile(file, here(text));
  await writeFile(path.join(`${file}.d`, 'end.conf'), here(readAmi('end-with-worker.conf')));
  return file;
}

/** systemd-analyze exits 0 on what it does not understand, and says so. */
const complaints = (file: string) =>
  run('systemd-analyze', ['verify', '--man=no', file])
    .stderr.split('\n')
    .filter((line) => line.includes(folder) || line.startsWith(name));

/** Seconds. */
const setting = (pattern: RegExp) => Number(pattern.exec(unit)?.[1]);

describe('the unit of a worker', () => {
  it.skipIf(!hasSystemd)('is understood by systemd, every line of it', async () => {
    expect(complaints(await install(unit))).toEqual([]);
    const wrong = unit.replace('[Install]', 'NoSuchSetting=yes\n[Install]');
    expect(complaints(await install(wrong))).toHaveLength(1);
  });

  it.skipIf(!hasSystemd)('stays in its sandbox', async () => {
    const file = await install(unit);
    const { stdout } = run('systemd-analyze', ['security', '--offline=true', '--no-pager', file]);
    const exposure = /exposure level for fleet-worker\.service: ([\d.]+)/.exec(stdout)?.[1];
    expect(Number(exposure)).toBeLessThanOrEqual(1.5);
  });

  it('waits for the grace time and the hand-back, and not beyond the two minutes of a notice', () => {
    const grace = setting(/FLEET_GRACE_MS=(\d+)/) / 1000;
    const stop = setting(/TimeoutStopSec=(\d+)/);
    expect(stop).toBeGreaterThanOrEqual(grace + 10);
    expect(stop).toBeLessThan(120);
  });

  it('keeps the database URL out of the environment', () => {
    expect(unit).toContain('LoadCredential=database-url:/etc/fleet/database-url');
    expect(unit).toContain('DATABASE_URL_FILE=%d/database-url');
    expect(unit).not.toMatch(/DATABASE_URL=/);
  });

  it('lets onnxruntime report nothing to its maker', () => {
    expect(unit).toContain('ORT_DISABLE_TELEMETRY=1');
  });
});
