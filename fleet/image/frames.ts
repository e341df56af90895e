import { FleetError } from '../errors/fleet-error.ts';
import type { ImageFormat } from './file-signature.ts';
import { type TiffDirectory, tiffDirectories } from './tiff-directories.ts';

/** TIFF compression schemes that occur in archives and that libvips is built without. */
const unsupportedCompressions = new Map([
  [34_712, 'JPEG 2000'],
  [34_925, 'LZMA'],
  [50_000, 'ZSTD'],
  [34_661, 'JBIG'],
  [50_002, 'JPEG XL'],
]);

/** CIELab and ICCLab. */
const labPhotometrics = new Set([8, 9]);
const floatingPoint = 3;

/**
 * The images inside a file, as page numbers for the decoder. Thumbnails, masks and the smaller
 * levels of a pyramid are left out; formats other than TIFF hold one page.
 * Throws `IMAGE_UNSUPPORTED` or `IMAGE_CORRUPT` (no directory can be found).
 */
export function framesOf(bytes: Uint8Array, format: ImageFormat): readonly number[] {
  if (format !== 'tiff') return [0];
  const directories = tiffDirectories(bytes);
  if (directories.length === 0) {
    throw new FleetError(
      'IMAGE_CORRUPT',
      'The TIFF has no image directory: the file is cut short or damaged.',
    );
  }
  const pages = directories.filter((directory) => !directory.auxiliary);
  const wanted = pages.length > 0 ? pages : directories.slice(0, 1);
  for (const directory of wanted) refuseUnsupported(directory);
  return wanted.map((directory) => directory.index);
}

function refuseUnsupported(directory: TiffDirectory): void {
  const compression = unsupportedCompressions.get(directory.compression);
  if (compression !== undefined) {
    throw unsupportedTiff(
      `is compressed with ${compression}`,
      'tiffcp -c lzw page.tif converted.tif',
    );
  }
  if (labPhotometrics.has(directory.photometric)) {
    throw unsupportedTiff('has Lab colours', 'convert page.tif -colorspace sRGB converted.tif');
  }
  if (directory.sampleFormat === floatingPoint) {
    throw unsupportedTiff('has floating-point samples', 'convert page.tif -depth 8 converted.tif');
  }
}

function unsupportedTiff(what: string, converter: string): FleetError {
  return new FleetError('IMAGE_UNSUPPORTED', `The TIFF ${what}, which cannot be decoded here.`, {
    remedy: `Convert it, for instance with \`${converter}\`.`,
  });
}
