import { readMarker } from '../artefact/marker.ts';
import type { PageRow } from '../artefact/page-row.ts';
import { readPages } from '../artefact/read-pages.ts';
import { FleetError } from '../errors/fleet-error.ts';
import { openStore } from '../store/open.ts';

/** What was published for a volume, read back. */
export interface Published {
  /** URI of the artefact's folder. */
  readonly folder: string;
  readonly pages: readonly PageRow[];
}

/** Reads back the artefact that a marker (URI of a `success.json`) stands for. */
export async function readPublished(markerUri: string, signal: AbortSignal): Promise<Published> {
  const folder = markerUri.slice(0, markerUri.lastIndexOf('/') + 1);
  const store = openStore(folder);
  try {
    const marker = await readMarker(store, signal);
    if (marker === undefined) {
      throw new FleetError('ARTEFACT_DAMAGED', `${markerUri} is gone`);
    }
    return { folder, pages: await readPages(store, marker, [], signal) };
  } finally {
    store.close();
  }
}

/** The first lines of text of a page, or what went wrong with it. */
export function firstLines(page: PageRow, count: number): readonly string[] {
  if (!page.ok) return [`${page.error_type}: ${page.error_message}`];
  const texts = page.lines.map((line) => line.text).filter((text) => text !== '');
  return texts.length === 0 ? ['(no text)'] : texts.slice(0, count);
}
