import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream';
import { parse } from 'csv-parse';
import { FleetError } from '../../errors/fleet-error.ts';
import type { NewTask } from '../../queue/queries/enqueue.ts';
import { discoverVolumes } from '../../volume/discover.ts';
import { volumeUri } from '../../volume/volume-uri.ts';

/** Where the volumes of one `fleet enqueue` come from; all of them are read. */
export interface Sources {
  readonly volumes: readonly string[];
  /** CSV files with a column `volume` and perhaps `pages` and `version`; `-` is standard input. */
  readonly files: readonly string[];
  /** Prefixes or folders below which volumes are looked for. */
  readonly prefixes: readonly string[];
}

/**
 * The volumes of all sources as they come, canonical. A wrong line ends it with `USAGE` naming the
 * file and line.
 */
export async function* newTasks(sources: Sources, signal: AbortSignal): AsyncGenerator<NewTask> {
  for (const volume of sources.volumes) yield { volume: volumeUri(volume) };
  for (const file of sources.files) yield* fromFile(file, signal);
  for (const prefix of sources.prefixes) {
    for await (const volume of discoverVolumes(prefix, { signal })) yield { volume };
  }
}

async function* fromFile(file: string, signal: AbortSignal): AsyncGenerator<NewTask> {
  const input = file === '-' ? process.stdin : createReadStream(file, { signal });
  const rows = parse({
    bom: true,
    columns: (header: string[]) => checkHeader(header, file),
    skip_empty_lines: true,
    trim: true,
    comment: '#',
    comment_no_infix: true,
    info: true,
  });
  // What goes wrong comes out of the rows, which are read below.
  pipeline(input, rows, () => undefined);
  try {
    for await (const { record, info } of rows as AsyncIterable<CsvRow>) {
      yield toTask(record, `${file} line ${info.lines}`);
    }
  } catch (cause) {
    if (FleetError.is(cause)) throw cause;
    signal.throwIfAborted();
    throw new FleetError('USAGE', `${file} cannot be read: ${(cause as Error).message}`, { cause });
  }
}

interface CsvRow {
  readonly record: Readonly<Record<string, string | undefined>>;
  readonly info: { readonly lines: number };
}

function checkHeader(header: readonly string[], file: string): string[] {
  const names = header.map((name) => name.toLowerCase());
  if (names.includes('volume')) return names;
  throw new FleetError('USAGE', `${file} has no column "volume" but ${names.join(', ')}`, {
    remedy: 'Its first line names the columns: volume, and perhaps pages and version.',
  });
}

function toTask(row: CsvRow['record'], place: string): NewTask {
  const { volume = '', pages = '', version } = row;
  const size = pages === '' ? undefined : Number(pages);
  if (size !== undefined && !(Number.isSafeInteger(size) && size >= 0)) {
    throw new FleetError('USAGE', `${place}: "${pages}" is not a number of pages`);
  }
  try {
    return { volume: volumeUri(volume), size, version };
  } catch (cause) {
    throw new FleetError('USAGE', `${place}: ${(cause as Error).message}`, { cause });
  }
}
