import { createHash } from 'node:crypto';
import type { Page } from './volume.ts';

/**
 * The version of a volume: SHA-256 (hex) over one line a page, in order, each a JSON list of name,
 * size, etag, width and height with `null` for what is not known. Changes when any page does.
 */
export function volumeVersion(pages: readonly Page[]): string {
  const hash = createHash('sha256');
  for (const page of pages) hash.update(`${JSON.stringify(manifestLine(page))}\n`);
  return hash.digest('hex');
}

function manifestLine(page: Page): readonly (string | number | null)[] {
  return [page.name, page.size ?? null, page.etag ?? null, page.width ?? null, page.height ?? null];
}
