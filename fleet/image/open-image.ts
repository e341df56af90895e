import { FleetError } from '../errors/fleet-error.ts';
import { decodeFrame, type GrayImage } from './decode-frame.ts';
import { type DecodeLimits, defaultLimits } from './limits.ts';
import { type FileSignature, fileSignature, type ImageFormat } from './file-signature.ts';
import { framesOf } from './frames.ts';

/** A page file whose format is known. */
export interface OpenedImage {
  readonly format: ImageFormat;
  /** Images inside the file: 1 except for multi-page TIFF. */
  readonly frames: number;
  /**
   * Decodes one frame (0 … frames − 1). Throws `IMAGE_TOO_LARGE`, `IMAGE_UNSUPPORTED`,
   * `IMAGE_CORRUPT` or `TIMED_OUT`.
   */
  decode(frame: number): Promise<GrayImage>;
}

/**
 * Looks at a page file without decoding it. Throws `IMAGE_EMPTY`, `IMAGE_NOT_AN_IMAGE`,
 * `IMAGE_UNSUPPORTED` or `IMAGE_CORRUPT`.
 */
export function openImage(bytes: Uint8Array, limits: DecodeLimits = defaultLimits): OpenedImage {
  const format = imageFormat(bytes);
  const frames = framesOf(bytes, format);
  return {
    format,
    frames: frames.length,
    decode: (frame) => decodeFrame(bytes, frames[frame] ?? frame, limits),
  };
}

function imageFormat(bytes: Uint8Array): ImageFormat {
  const signature = fileSignature(bytes);
  if (signature.type === 'image') return signature.format;
  throw refusal(signature);
}

function refusal(signature: Exclude<FileSignature, { type: 'image' }>): FleetError {
  switch (signature.type) {
    case 'empty':
      return new FleetError('IMAGE_EMPTY', 'The file has no bytes.');
    case 'unsupported':
      return new FleetError('IMAGE_UNSUPPORTED', `${signature.name} cannot be decoded here.`, {
        remedy: signature.remedy,
      });
    default:
      return new FleetError(
        'IMAGE_NOT_AN_IMAGE',
        `The file is not an image: it looks like ${signature.name}.`,
      );
  }
}
