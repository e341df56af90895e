import type { Column } from '../page/page.ts';
import type { Store } from '../store/store.ts';
import type { Marker } from './marker.ts';
import type { PageRow } from './page-row.ts';
import { readRows } from './parquet-file.ts';

/** The rows of a published artefact in page order. `own` are its kind's columns. */
export async function readPages(
  store: Store,
  marker: Marker,
  own: readonly Column[],
  signal: AbortSignal,
): Promise<readonly PageRow[]> {
  const rows: PageRow[] = [];
  for (const file of marker.files) {
    if (file.role !== 'pages') continue;
    rows.push(...(await readRows(await store.read(file.name, { signal }), own)));
  }
  return rows;
}
