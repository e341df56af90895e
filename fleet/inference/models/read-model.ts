import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import { FleetError } from '../../errors/fleet-error.ts';
import { openStore } from '../../store/open.ts';
import type { ModelReference } from './model-reference.ts';

export interface ReadModel {
  readonly bytes: Uint8Array;
  /** Hex. */
  readonly sha256: string;
}

export const sha256 = (bytes: Uint8Array): string =>
  createHash('sha256').update(bytes).digest('hex');

/**
 * Reads the file that a reference names and holds it to its pin. Throws `MODEL_NOT_FOUND`,
 * `MODEL_DIGEST`, or what the store throws when it is not reachable.
 */
export async function readModel(model: ModelReference, signal?: AbortSignal): Promise<ReadModel> {
  const bytes = await readUri(model, signal);
  const digest = sha256(bytes);
  if (model.sha256 !== undefined && model.sha256 !== digest) {
    throw new FleetError(
      'MODEL_DIGEST',
      `The ${model.role} ${model.uri} has the SHA-256 ${digest}, but ${model.sha256} was pinned.`,
    );
  }
  return { bytes, sha256: digest };
}

async function readUri(
  model: ModelReference,
  signal: AbortSignal | undefined,
): Promise<Uint8Array> {
  const uri = model.uri.startsWith('npm:') ? packageFile(model) : model.uri;
  const cut = uri.lastIndexOf('/') + 1;
  const store = openStore(uri.slice(0, cut) || './');
  try {
    return await store.read(uri.slice(cut), { signal });
  } catch (error) {
    if (FleetError.is(error, 'STORE_NOT_FOUND')) throw notFound(model, error);
    throw error;
  } finally {
    store.close();
  }
}

function packageFile(model: ModelReference): string {
  try {
    return createRequire(import.meta.url).resolve(model.uri.slice('npm:'.length));
  } catch (error) {
    throw notFound(model, error);
  }
}

const notFound = (model: ModelReference, cause: unknown): FleetError =>
  new FleetError('MODEL_NOT_FOUND', `The ${model.role} ${model.uri} does not exist.`, { cause });
