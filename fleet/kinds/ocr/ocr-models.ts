import { type ModelReference, modelReference } from '../../inference/models/model-reference.ts';
import type { OcrParameters } from './parameters.ts';

/** The ONNX models that these parameters need. */
export function ocrModels(parameters: OcrParameters): ModelReference[] {
  const references = [
    modelReference('detector', parameters.detector),
    modelReference('recogniser', parameters.recogniser),
  ];
  if (parameters.orientation === 'as_scanned') return references;
  return [
    ...references,
    modelReference('orientation_classifier', parameters.orientation_classifier),
  ];
}
