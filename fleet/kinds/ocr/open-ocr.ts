import {
  type ModelReference,
  modelName,
  modelReference,
} from '../../inference/models/model-reference.ts';
import { type PreparedModel, prepareModel } from '../../inference/models/prepare-model.ts';
import { OnnxSession } from '../../inference/onnx-session.ts';
import type { OpenContext } from '../kind.ts';
import type { ModelFile } from '../../page/page.ts';
import { OcrReader } from './ocr-reader.ts';
import { ocrModels } from './ocr-models.ts';
import type { OcrParameters } from './parameters.ts';
import { loadCharacters } from './recognition/dictionary.ts';

/** Prepares and loads the models. Throws `MODEL_*`, or what a store throws. */
export async function openOcr(parameters: OcrParameters, context: OpenContext): Promise<OcrReader> {
  const references = ocrModels(parameters);
  const opened = new Map<
    string,
    { readonly prepared: PreparedModel; readonly session: OnnxSession }
  >();
  try {
    for (const reference of references)
      opened.set(reference.role, await openModel(reference, context));
    const detector = opened.get('detector')!.session;
    const recogniser = opened.get('recogniser')!;
    const { dictionary } = parameters;
    const characters = await loadCharacters(
      recogniser.prepared.file,
      dictionary === undefined ? undefined : modelReference('dictionary', dictionary),
      recogniser.session.outputWidth,
      context.signal,
    );
    const classifier = opened.get('orientation_classifier')?.session;
    const files = references.map((reference) =>
      provenance(reference, opened.get(reference.role)!.prepared),
    );
    return new OcrReader(
      files,
      { detector, recogniser: recogniser.session, characters, classifier },
      parameters,
    );
  } catch (error) {
    for (const { session } of opened.values()) await session.close();
    throw error;
  }
}

async function openModel(reference: ModelReference, context: OpenContext) {
  const prepared = await prepareModel(reference, context.cacheDir, context.signal);
  const session = await OnnxSession.open(prepared.file, { intraOpThreads: context.intraOpThreads });
  return { prepared, session };
}

const provenance = (reference: ModelReference, prepared: PreparedModel): ModelFile => ({
  role: reference.role,
  name: modelName(reference),
  uri: reference.uri,
  sha256: prepared.sourceSha256,
});
