import type { Kind } from '../kind.ts';
import { ocrModels } from './ocr-models.ts';
import { ocrParameters } from './parameters.ts';

/** Finds lines of printed text and reads them. */
export const kind: Kind<typeof ocrParameters> = {
  name: 'ocr',
  description: 'Finds the lines of text on a page and reads them (DBNet detector, CTC recogniser).',
  parameters: ocrParameters,
  columns: [],
  models: ocrModels,
  open: async (parameters, context) => {
    const { openOcr } = await import('./open-ocr.ts');
    return await openOcr(parameters, context);
  },
};
