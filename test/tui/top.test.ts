import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { printOnce } from '../../tui/render/plain.ts';
import { sampleRows, sampleSnapshot } from './fleet.ts';

const entry = fileURLToPath(new URL('live-entry.ts', import.meta.url));

describe('fleet top without a terminal', () => {
  it('prints the fleet once, unbuilt and without colours', async () => {
    const file = join(tmpdir(), `fleet-top-rows-${process.pid}.json`);
    const workers = sampleRows.workers.map((row) => ({ ...row, statusUrl: null }));
    await writeFile(file, JSON.stringify({ ...sampleRows, workers }));
    const { stdout } = await promisify(execFile)(process.execPath, [entry, file]);
    expect(stdout).toMatch(/^amber-otter +running/m);
    expect(stdout).not.toContain('\x1b');
  });

  it('prints every row, however many there are', async () => {
    const text = printOnce(sampleSnapshot(), { width: 100, color: false });
    await expect(text).toMatchFileSnapshot('screens/once-100.txt');
  });

  it('paints when it is asked to', () => {
    expect(printOnce(sampleSnapshot(), { width: 100, color: true })).toContain('\x1b[32mrunning');
  });
});
