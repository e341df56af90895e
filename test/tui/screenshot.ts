import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { createStatusServer } from '../../fleet/status/server.ts';
import type { WorkerStatus } from '../../fleet/status/status.ts';
import { sampleRows, sampleStatus } from './fleet.ts';
import { screenToSvg } from './screen-svg.ts';
import { buildLiveEntry, TerminalSession } from './terminal.ts';

/**
 * Pictures of `fleet top` over the sample fleet: `node test/tui/screenshot.ts [FOLDER]`, by default
 * into `.github/`.
 */

const size = { columns: 110, rows: 26 };
/** Refreshes until the history fills the graph. */
const refreshes = 190;

/** What has to be pressed in the view before. */
const pictures = [
  { file: 'top.png', keys: 'jjjj', shows: 'amber-otter  http' },
  { file: 'top-workers.png', keys: '\tss', shows: 'PG/S▾' },
  { file: 'top-jobs.png', keys: '\tj', shows: 'layout  ldv1' },
  { file: 'top-help.png', keys: '?', shows: 'show or hide this help' },
];

let asked = 0;

/** Rates that rise and fall. */
function say(id: number): WorkerStatus {
  if (id === 1) asked += 1;
  const status = sampleStatus(id);
  const swing = 1 + 0.5 * Math.sin(asked / 9 + id) + 0.2 * Math.sin(asked / 2.3);
  return { ...status, pagesPerSecond: status.pagesPerSecond * swing };
}

async function startFleet() {
  const servers = new Map<number, Awaited<ReturnType<typeof createStatusServer>>>();
  for (const { id, state } of sampleRows.workers) {
    if (state === 'lost') continue;
    servers.set(
      id,
      await createStatusServer({ source: () => say(id), ready: () => ({ ok: true }) }),
    );
  }
  const workers = sampleRows.workers.map((row) => ({
    ...row,
    statusUrl: servers.get(row.id)?.url ?? null,
  }));
  return { rows: { ...sampleRows, workers }, servers };
}

const folder = process.argv[2] ?? '.github';
const scratch = await mkdtemp(join(tmpdir(), 'fleet-top-'));
const { rows, servers } = await startFleet();
await buildLiveEntry();
await writeFile(join(scratch, 'rows.json'), JSON.stringify(rows));
const top = new TerminalSession([join(scratch, 'rows.json')], size);
try {
  await mkdir(folder, { recursive: true });
  await top.until(() => asked > refreshes, 120_000);
  await servers.get(4)?.close();
  await top.shows('1 unreachable');
  for (const { file, keys, shows } of pictures) {
    top.press(keys);
    await top.shows(shows);
    const picture = sharp(Buffer.from(screenToSvg(top.screen)), { density: 144 });
    await picture.png({ palette: true, compressionLevel: 9 }).toFile(join(folder, file));
    console.log(join(folder, file));
  }
} finally {
  top.end();
  for (const server of servers.values()) await server.close();
  await rm(scratch, { recursive: true });
}
