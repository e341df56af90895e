import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { WorkerStatus } from '../../fleet/status/status.ts';
import { keyBindings } from '../../tui/model/keys.ts';
import { fleetSnapshotSchema } from '../../tui/model/snapshot.ts';
import { startEndpoint } from '../status/endpoint.ts';
import { startHangingPeer } from '../status/hanging-peer.ts';
import { sampleRows, sampleStatus } from './fleet.ts';
import type { FleetRows } from './rows.ts';
import { buildLiveEntry, type TerminalOptions, TerminalSession } from './terminal.ts';

const key = {
  up: '\x1b[A',
  down: '\x1b[B',
  tab: '\t',
  shiftTab: '\x1b[Z',
  escape: '\x1b',
  ctrlC: '\x03',
} as const;

/** The sample fleet with endpoints that answer; the fourth worker's hangs. */
async function startFleet(say: (id: number) => WorkerStatus = sampleStatus): Promise<FleetRows> {
  const urls = await Promise.all(
    sampleRows.workers.map(async ({ id }) =>
      id === 4 ? startHangingPeer() : (await startEndpoint({ source: () => say(id) })).url,
    ),
  );
  const workers = sampleRows.workers.map((row, i) => ({ ...row, statusUrl: urls[i] ?? null }));
  return { ...sampleRows, workers };
}

async function startTop(
  fleet: FleetRows,
  options: readonly string[] = [],
  terminal?: TerminalOptions,
): Promise<TerminalSession & { change(rows: FleetRows | string): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'fleet-top-'));
  const file = join(folder, 'rows.json');
  const change = (rows: FleetRows | string) =>
    writeFile(file, typeof rows === 'string' ? rows : JSON.stringify(rows));
  await change(fleet);
  const session = new TerminalSession([file, ...options], terminal);
  onTestFinished(async () => {
    session.end();
    await rm(folder, { recursive: true });
  });
  return Object.assign(session, { change });
}

/** Rows of the screen that begin with one of the names, in the order shown. */
function order(session: TerminalSession, names: readonly string[]): string[] {
  return session.lines().flatMap((line) => names.filter((name) => line.startsWith(`${name} `)));
}

const names = sampleRows.workers.map(({ name }) => name);

vi.setConfig({ testTimeout: 30_000 });
beforeAll(buildLiveEntry);

describe('fleet top on a terminal', () => {
  it('shows what the database and the workers say, whatever CI is set to', async () => {
    const top = await startTop(await startFleet(), [], { env: { CI: 'true' } });
    await top.shows('1 unreachable');
    expect(top.text).toContain('amber-otter    running     ocr       I1KG13132         100/378');
    expect(top.screen.buffer.active.type).toBe('alternate');
    expect(top.text).toContain('ocr          active    ████████▚▓░░░░░  55%  20.4k/36.7k');
    expect(top.text).toContain('2 running  1 idle  1 draining  1 unreachable  1 lost');
    expect(top.text).toMatch(/deep-marten +unreachable/);
  });

  it('follows the workers while they read', async () => {
    let pagesDone = 100;
    const top = await startTop(
      await startFleet((id) => {
        const status = sampleStatus(id);
        return { ...status, tasks: status.tasks.map((task) => ({ ...task, pagesDone })) };
      }),
    );
    await top.shows('100/378');
    pagesDone = 250;
    await top.shows('250/378');
    expect(top.text).not.toContain('100/378');
  });

  it('shows a worker that stops answering with what it said last', async () => {
    const leaver = await startEndpoint({ source: () => sampleStatus(1) });
    const [first, ...others] = sampleRows.workers;
    if (first === undefined) throw new Error('the sample has no workers');
    const top = await startTop({
      ...sampleRows,
      workers: [{ ...first, statusUrl: leaver.url }, ...others.slice(5)],
    });
    await top.shows('amber-otter    running     ocr       I1KG13132         100/378');
    await leaver.close();
    await top.shows('amber-otter    unreachable ocr       I1KG13132         100/378');
    top.press('j'.repeat(4));
    await top.shows('connection refused');
    expect(top.text).toMatch(/seen \ds ago/);
  });

  it('keeps what it knew while the database cannot be reached', async () => {
    const fleet = await startFleet();
    const top = await startTop(fleet);
    await top.shows('amber-otter');
    await top.change('no rows');
    await top.shows('database unreachable');
    expect(top.text).toContain('amber-otter');
    await top.change(fleet);
    await top.hides('database unreachable');
  });

  it('redraws on a larger and on a smaller terminal', async () => {
    const top = await startTop(await startFleet());
    await top.shows('amber-otter');
    top.resize(200, 60);
    await top.shows('SLOWEST STEP');
    expect(top.lines()[59]).toMatch(/^q quit/);
    top.resize(60, 20);
    await top.until((text) => text.match(/amber-otter/g)?.length === 1 && !text.includes('SLOW'));
    await top.until(() => top.lines()[19]?.startsWith('q quit') === true);
    expect(top.lines().filter((line) => line.startsWith('q quit'))).toHaveLength(1);
  });

  it('writes only what changed', async () => {
    let refreshes = 0;
    const top = await startTop(
      await startFleet((id) => {
        if (id === 1) refreshes += 1;
        return sampleStatus(id);
      }),
      [],
      { columns: 200, rows: 60 },
    );
    await top.shows('1 unreachable');
    const [bytesBefore, refreshesBefore] = [Buffer.byteLength(top.written), refreshes];
    const refreshed = () => refreshes - refreshesBefore;
    await expect.poll(refreshed, { timeout: 20_000 }).toBeGreaterThan(8);
    expect((Buffer.byteLength(top.written) - bytesBefore) / refreshed()).toBeLessThan(2000);
    expect(top.written).not.toContain('\x1b[2J');
  });

  it('keeps to the terminal’s own characters when that has no others', async () => {
    const top = await startTop(await startFleet(), [], { env: { LANG: 'C', NO_COLOR: '1' } });
    await top.shows('ocr          active    ########!=-----');
    // oxlint-disable-next-line no-control-regex -- the escape character is what is looked for
    expect(top.written).not.toMatch(/\x1b\[(?:\d+;)?[39][0-7]m/);
  });
});

describe('keys', () => {
  it('show and hide the help, which has them all', async () => {
    const top = await startTop(await startFleet());
    await top.shows('amber-otter');
    top.press('?');
    await top.shows('show or hide this help');
    for (const { description } of keyBindings) expect(top.text).toContain(description);
    top.press(key.escape);
    await top.hides('show or hide this help');
  });

  it('go through the views, both ways', async () => {
    const top = await startTop(await startFleet());
    await top.shows('amber-otter');
    top.press(key.tab);
    await top.hides('JOB▾');
    top.press(key.tab);
    await top.hides('WORKER▾');
    top.press(key.shiftTab);
    await top.shows('WORKER▾');
    top.press(key.tab + key.tab);
    await top.shows('JOB▾');
    expect(top.text).toContain('WORKER▾');
  });

  it('select a row, by arrows and by letters, and say more about it', async () => {
    const top = await startTop(await startFleet());
    await top.shows('amber-otter');
    top.press(`${key.down}${key.down}j`);
    await top.shows('tib/ocr  ocrv1  tasks:');
    top.press(`${key.up}k`);
    await top.shows('layout  ldv1  tasks:');
    top.press('G');
    await top.shows('fond-lynx  http');
    top.press(key.escape);
    await top.hides('fond-lynx  http');
    expect(top.text).toContain('fond-lynx');
  });

  it('sort the workers by column after column', async () => {
    const top = await startTop(await startFleet());
    await top.shows('1 unreachable');
    expect(order(top, names)).toEqual(names);
    top.press('s');
    await top.shows('STATE▾');
    expect(order(top, names).slice(0, 2)).toEqual(['fond-lynx', 'deep-marten']);
    top.press('s');
    await top.shows('PG/S▾');
    expect(order(top, names)[0]).toBe('early-wren');
  });

  it('pause, and go on with what is true by then', async () => {
    const fleet = await startFleet();
    const top = await startTop(fleet);
    await top.shows('amber-otter');
    top.press('p');
    await top.shows('paused 10:00:00 UTC');
    const changed = { ...fleet, workers: fleet.workers.slice(1) };
    await top.change(changed);
    const witness = await startTop(changed);
    await witness.shows('1 unreachable');
    expect(top.text).toContain('amber-otter');
    top.press('p');
    await top.hides('amber-otter');
    expect(top.text).not.toContain('paused 10:00:00 UTC');
  });
});

describe('the screen is given back', () => {
  const restored = (top: TerminalSession) => {
    expect(top.screen.buffer.active.type).toBe('normal');
    expect(top.written.lastIndexOf('\x1b[?25h')).toBeGreaterThan(
      top.written.lastIndexOf('\x1b[?25l'),
    );
  };

  it.each(['q', key.ctrlC])('on %j', async (pressed) => {
    const top = await startTop(await startFleet());
    await top.shows('amber-otter');
    top.press(pressed);
    expect(await top.exited()).toBe(0);
    restored(top);
    expect(top.text).toContain('left in peace');
  });

  it.each([['--graceful'], []])('on SIGTERM, whoever else handles it %s', async (...options) => {
    const top = await startTop(await startFleet(), options);
    await top.shows('amber-otter');
    top.kill('SIGTERM');
    expect(await top.exited()).toBe(0);
    restored(top);
    expect(top.text).toContain('left in peace');
  });

  it('on a crash, whose error is then to be read', async () => {
    const top = await startTop(await startFleet(), ['--crash']);
    await top.shows('amber-otter');
    top.kill('SIGUSR2');
    expect(await top.exited()).not.toBe(0);
    restored(top);
    expect(top.text).toContain('crashed on demand');
  });
});

describe('printing', () => {
  it('prints the fleet as text and leaves the terminal alone', async () => {
    const top = await startTop(await startFleet(), ['--once']);
    expect(await top.exited()).toBe(0);
    expect(top.text).toMatch(/amber-otter +running/);
    expect(top.written).not.toContain('\x1b[?1049h');
  });

  it('prints JSON that the schema describes', async () => {
    const top = await startTop(await startFleet(), ['--json'], { columns: 20_000, rows: 900 });
    expect(await top.exited()).toBe(0);
    const json = top.written.slice(0, top.written.lastIndexOf('}') + 1);
    const snapshot = fleetSnapshotSchema.parse(JSON.parse(json));
    expect(snapshot.workersByCondition.unreachable).toBe(1);
  });
});
