import { readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { makeFolder } from '../../config/make-folder.ts';
import { FleetError } from '../../errors/fleet-error.ts';
import { fuseHardSwish } from '../onnx/fuse-hard-swish.ts';
import { decodeModel, encodeModel, type OnnxModel } from '../onnx/schema.ts';
import { zeroDenormals } from '../onnx/zero-denormals.ts';
import type { ModelReference } from './model-reference.ts';
import { readModel, sha256 } from './read-model.ts';

/** Part of the prepared file's name: to be raised when what is done to models changes. */
const recipe = 1;

const record = z.object({
  uri: z.string(),
  sourceSha256: z.string(),
  sha256: z.string(),
  denormalsZeroed: z.number(),
  activationsFused: z.number(),
});

/** A model made fast for this runtime, in the cache. The JSON beside it holds the same figures. */
export interface PreparedModel extends z.infer<typeof record> {
  readonly role: string;
  /** Absolute path of the prepared file. */
  readonly file: string;
}

export interface PrepareOptions {
  readonly models: readonly ModelReference[];
  readonly cacheDir: string;
  readonly signal?: AbortSignal | undefined;
}

/** Prepares several models one after the other; see `prepareModel`. */
export async function prepareModels(options: PrepareOptions): Promise<PreparedModel[]> {
  const prepared: PreparedModel[] = [];
  for (const model of options.models) {
    prepared.push(await prepareModel(model, options.cacheDir, options.signal));
  }
  return prepared;
}

/**
 * Gives the prepared form of a model: from the cache when it is there and whole, otherwise made
 * from the source, whose SHA-256 is checked first. Several processes may do so at once: each
 * writes the same bytes under a name of its own and renames them into place.
 * Throws `MODEL_NOT_FOUND`, `MODEL_DIGEST`, `MODEL_INVALID`, or what the store throws.
 */
export async function prepareModel(
  model: ModelReference,
  cacheDir: string,
  signal?: AbortSignal,
): Promise<PreparedModel> {
  const cached = model.sha256 && (await readPrepared(model, model.sha256, cacheDir));
  if (cached) return cached;
  const source = await readModel(model, signal);
  return (
    (await readPrepared(model, source.sha256, cacheDir)) ??
    (await transform(model, source, cacheDir))
  );
}

const preparedFile = (cacheDir: string, sourceSha256: string): string =>
  path.resolve(cacheDir, 'models', `${sourceSha256}-${recipe}.onnx`);

const recordFile = (file: string): string => `${file}.json`;

async function readPrepared(
  model: ModelReference,
  sourceSha256: string,
  cacheDir: string,
): Promise<PreparedModel | undefined> {
  const file = preparedFile(cacheDir, sourceSha256);
  try {
    const figures = record.parse(JSON.parse(await readFile(recordFile(file), 'utf8')));
    const whole = sha256(await readFile(file)) === figures.sha256;
    return whole ? { ...figures, role: model.role, uri: model.uri, file } : undefined;
  } catch {
    // Absent, cut short or damaged: all are answered by preparing the model again.
    return undefined;
  }
}

async function transform(
  model: ModelReference,
  source: { readonly bytes: Uint8Array; readonly sha256: string },
  cacheDir: string,
): Promise<PreparedModel> {
  const onnx = decode(model, source.bytes);
  const denormalsZeroed = zeroDenormals(onnx);
  const activationsFused = fuseHardSwish(onnx);
  const bytes = encodeModel(onnx);
  const figures = {
    uri: model.uri,
    sourceSha256: source.sha256,
    sha256: sha256(bytes),
    denormalsZeroed,
    activationsFused,
  };
  const file = preparedFile(cacheDir, source.sha256);
  await makeFolder(path.dirname(file));
  await writeAtomically(file, bytes);
  await writeAtomically(recordFile(file), `${JSON.stringify(figures, undefined, 2)}\n`);
  return { ...figures, role: model.role, file };
}

function decode(model: ModelReference, bytes: Uint8Array): OnnxModel {
  try {
    return decodeModel(bytes);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new FleetError(
      'MODEL_INVALID',
      `The ${model.role} ${model.uri} is not an ONNX model: ${why}.`,
      {
        cause: error,
      },
    );
  }
}

async function writeAtomically(file: string, content: Uint8Array | string): Promise<void> {
  const own = `${file}.${crypto.randomUUID()}.tmp`;
  await writeFile(own, content);
  await rename(own, file);
}
