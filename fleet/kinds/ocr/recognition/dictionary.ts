import { readFile } from 'node:fs/promises';
import { FleetError } from '../../../errors/fleet-error.ts';
import type { ModelReference } from '../../../inference/models/model-reference.ts';
import { readModel } from '../../../inference/models/read-model.ts';
import { decodeModel } from '../../../inference/onnx/schema.ts';

/** The key of a model's metadata under which PaddleOCR's exporter keeps the dictionary. */
const metadataKey = 'character';

/**
 * The characters of a recogniser by class: '' for the blank, then the dictionary, then a space if
 * the model has one class more. From `dictionary` if given, else from the model's own metadata.
 * Throws `MODEL_INVALID` when there is none or its length does not fit the model's `classes`.
 */
export async function loadCharacters(
  recogniserFile: string,
  dictionary: ModelReference | undefined,
  classes: number | undefined,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const listed = dictionary
    ? Buffer.from((await readModel(dictionary, signal)).bytes).toString('utf8')
    : await embeddedDictionary(recogniserFile);
  const entries = listed.replace(/\r?\n$/, '').split(/\r?\n/);
  const characters = ['', ...entries];
  if (classes === undefined || characters.length === classes) return characters;
  if (characters.length + 1 === classes) return [...characters, ' '];
  throw new FleetError(
    'MODEL_INVALID',
    `The recogniser has ${classes} classes, but its dictionary has ${entries.length} characters.`,
    { remedy: 'Set `dictionary` to the list that the recogniser was trained with.' },
  );
}

async function embeddedDictionary(file: string): Promise<string> {
  const model = decodeModel(await readFile(file));
  const found = model.metadataProps.find(({ key }) => key === metadataKey);
  if (found) return found.value;
  throw new FleetError('MODEL_INVALID', 'The recogniser carries no dictionary.', {
    remedy: 'Set `dictionary` to the list that the recogniser was trained with.',
  });
}
