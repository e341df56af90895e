import { z } from 'zod';
import { FleetError } from '../errors/fleet-error.ts';
import type { Store } from '../store/store.ts';
import { markerKey } from './file-names.ts';
import { countsSchema, madeBySchema, provenanceSchema } from './provenance.ts';

const fileSchema = z.object({
  /** Key below the artefact's folder. */
  name: z.string(),
  role: z.enum(['pages', 'errors']),
  bytes: z.int().nonnegative(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  rows: z.int().nonnegative(),
});

/** `success.json`: what an artefact is, and every file that belongs to it. */
const markerSchema = z.object({
  format: z.literal(1),
  provenance: provenanceSchema,
  counts: countsSchema,
  madeBy: madeBySchema,
  files: z.array(fileSchema).min(1),
});

export type Marker = z.infer<typeof markerSchema>;
export type ArtefactFile = z.infer<typeof fileSchema>;

/** The marker of a published artefact; undefined when there is none. Throws `ARTEFACT_DAMAGED`. */
export async function readMarker(store: Store, signal?: AbortSignal): Promise<Marker | undefined> {
  const bytes = await readIfThere(store, signal);
  if (bytes === undefined) return undefined;
  try {
    return markerSchema.parse(JSON.parse(bytes.toString('utf8')));
  } catch (cause) {
    throw new FleetError('ARTEFACT_DAMAGED', `${store.uri}${markerKey} is not a marker`, { cause });
  }
}

/** Throws `ARTEFACT_DAMAGED` unless every file that the marker names is there at its size. */
export async function checkFiles(store: Store, marker: Marker, signal: AbortSignal): Promise<void> {
  for (const file of marker.files) {
    const found = await store.head(file.name, { signal });
    if (found?.size === file.bytes) continue;
    const state = found === undefined ? 'is missing' : `has ${found.size} bytes`;
    throw new FleetError(
      'ARTEFACT_DAMAGED',
      `${store.uri}${file.name} ${state}; ${markerKey} promises ${file.bytes} bytes`,
    );
  }
}

export function markerBytes(marker: Marker): Buffer {
  return Buffer.from(`${JSON.stringify(marker, null, 2)}\n`);
}

async function readIfThere(store: Store, signal?: AbortSignal): Promise<Buffer | undefined> {
  try {
    return await store.read(markerKey, { signal });
  } catch (error) {
    if (FleetError.is(error, 'STORE_NOT_FOUND')) return undefined;
    throw error;
  }
}
