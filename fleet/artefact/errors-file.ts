import type { Store } from '../store/store.ts';
import { sha256 } from './digest.ts';
import { errorsKey } from './file-names.ts';
import type { ArtefactFile } from './marker.ts';
import type { PageRow } from './page-row.ts';

/** One line of the errors file: what failed, where, and why. */
export function errorLine(row: PageRow): string {
  const { page, frame, name, error_stage: stage, error_type: type, error_message: message } = row;
  return `${JSON.stringify({ page, frame, name, stage, type, message, etag: row.etag })}\n`;
}

/** Writes the failed rows' lines (JSON lines); undefined when there are none. */
export async function writeErrors(
  store: Store,
  fence: string,
  lines: readonly string[],
  signal: AbortSignal,
): Promise<ArtefactFile | undefined> {
  if (lines.length === 0) return undefined;
  const bytes = Buffer.from(lines.join(''));
  const name = errorsKey(fence);
  await store.write(name, bytes, { signal, contentType: 'application/jsonl' });
  return { name, role: 'errors', bytes: bytes.length, sha256: sha256(bytes), rows: lines.length };
}
