import { readRows } from '../../fleet/artefact/parquet-file.ts';
import { type Marker, readMarker } from '../../fleet/artefact/marker.ts';
import type { PageRow } from '../../fleet/artefact/page-row.ts';
import type { Part } from '../../fleet/queue/protocol/part.ts';
import type { Column } from '../../fleet/page/page.ts';
import type { VolumeRun } from '../../fleet/pipeline/volume-run.ts';
import { openStore } from '../../fleet/store/open.ts';
import type { Store } from '../../fleet/store/store.ts';
import { openVolume } from '../../fleet/volume/open-volume.ts';
import type { Volume } from '../../fleet/volume/volume.ts';
import { collected } from '../volume/collected.ts';
import { folderWith } from '../volume/folder.ts';
import { type Disturbance, DisturbedStore } from './disturbed-store.ts';
import { EchoPool } from './echo-pool.ts';

const columns: readonly Column[] = [
  { name: 'script', type: 'string' },
  { name: 'words', type: 'int' },
];

/** A volume of `count` small files in a folder: `p1.jpg` holds `text of page 1`. */
export async function volumeOf(count: number, disturbance: Disturbance = {}): Promise<Volume> {
  const entries = Array.from(
    { length: count },
    (_, i) => [`p${i + 1}.jpg`, `text of page ${i + 1}`] as const,
  );
  const folder = await folderWith(Object.fromEntries(entries));
  return disturbed(await openVolume(folder, { signal: new AbortController().signal }), disturbance);
}

function disturbed(volume: Volume, disturbance: Disturbance): Volume {
  return { ...volume, store: new DisturbedStore(volume.store, disturbance) };
}

export async function emptyOutput(disturbance: Disturbance = {}): Promise<Store> {
  return new DisturbedStore(openStore(await folderWith({})), disturbance);
}

export type TestRun = VolumeRun & { readonly parts: Part[]; readonly pool: EchoPool };

/** A run of ten-page parts by the worker with this fence, that commits into `parts`. */
export function runOf(
  volume: Volume,
  output: Store,
  changes: Partial<VolumeRun> & { readonly fence?: string; readonly pool?: EchoPool } = {},
): TestRun {
  const parts: Part[] = [...(changes.committed ?? [])];
  const { fence = '7', ...others } = changes;
  return {
    parts,
    identity: {
      job: 'default/ocr',
      task: 1,
      attempt: 1,
      fence,
      worker: `worker-${fence}`,
      configHash: 'c'.repeat(64),
      codeVersion: '1.2.3',
    },
    spec: { kind: 'echo', parameters: { loud: true } },
    columns,
    volume,
    output,
    committed: [],
    pool: new EchoPool(),
    limits: {
      fetchAheadPages: 8,
      fetchAheadBytes: 1_000_000,
      partPages: 10,
      partMs: 60_000,
      maxPageBytes: 1_000_000,
      fetchBackoffMs: [1, 1],
    },
    maxPageFailureRate: 0.05,
    commitPart: async (part) => void parts.push(part),
    confirmLease: async () => {},
    onProgress: () => {},
    onPage: () => {},
    signal: new AbortController().signal,
    ...others,
  };
}

export async function keysIn(store: Store): Promise<string[]> {
  return (await collected(store.list())).map(({ key }) => key);
}

/** What is published: its marker and all rows. */
export async function published(store: Store): Promise<{ marker: Marker; rows: PageRow[] }> {
  const marker = await readMarker(store);
  const pages = marker?.files.find(({ role }) => role === 'pages');
  if (marker === undefined || pages === undefined) throw new Error('Nothing is published.');
  return { marker, rows: await readRows(await store.read(pages.name), columns) };
}
