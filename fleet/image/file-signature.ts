/** What the first bytes of a file say it is, whatever its name says. */
export type FileSignature =
  | { readonly type: 'empty' }
  /** A format that can be decoded here. */
  | { readonly type: 'image'; readonly format: ImageFormat }
  /** An image format that cannot be decoded here, and how to make it one that can. */
  | { readonly type: 'unsupported'; readonly name: string; readonly remedy: string }
  /** Something else; `name` completes the sentence "it looks like …". */
  | { readonly type: 'other'; readonly name: string };

export type ImageFormat = 'jpeg' | 'png' | 'tiff' | 'webp' | 'gif' | 'avif';

const latin1 = (bytes: Uint8Array, from: number, to: number): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1', from, to);

const image = (format: ImageFormat): FileSignature => ({ type: 'image', format });
const other = (name: string): FileSignature => ({ type: 'other', name });
const unsupported = (name: string, converter: string): FileSignature => ({
  type: 'unsupported',
  name,
  remedy: `Convert it to TIFF, PNG or JPEG, for instance with \`${converter}\`.`,
});

/** Prefixes as Latin-1 text, the longer before the shorter where they share a beginning. */
const prefixes: readonly (readonly [prefix: string, signature: FileSignature])[] = [
  ['\xff\xd8\xff', image('jpeg')],
  ['\x89PNG\r\n\x1a\n', image('png')],
  ['II*\0', image('tiff')],
  ['MM\0*', image('tiff')],
  ['II+\0', image('tiff')],
  ['MM\0+', image('tiff')],
  ['GIF8', image('gif')],
  ['\0\0\0\x0cjP  ', unsupported('JPEG 2000', 'opj_decompress -i page.jp2 -o page.tif')],
  ['\xff\x4f\xff\x51', unsupported('JPEG 2000', 'opj_decompress -i page.j2k -o page.tif')],
  ['\0\0\0\x0cJXL ', unsupported('JPEG XL', 'djxl page.jxl page.png')],
  ['\xff\x0a', unsupported('JPEG XL', 'djxl page.jxl page.png')],
  ['BM', unsupported('BMP', 'convert page.bmp page.png')],
  ['8BPS', unsupported('Photoshop', 'convert page.psd[0] page.png')],
  ['AT&TFORM', unsupported('DjVu', 'ddjvu -format=tiff page.djvu page.tif')],
  ['\x97JB2', unsupported('JBIG2', 'jbig2dec -t png page.jb2')],
  ['%PDF', other('a PDF document')],
  ['PK\x03\x04', other('a ZIP archive')],
  ['\x1f\x8b', other('a gzip archive')],
  ['7z\xbc\xaf\x27\x1c', other('a 7z archive')],
];

/** Recognises a file by its content alone. Reads at most its first kilobyte. */
export function fileSignature(bytes: Uint8Array): FileSignature {
  if (bytes.length === 0) return { type: 'empty' };
  const head = latin1(bytes, 0, 16);
  const known = prefixes.find(([prefix]) => head.startsWith(prefix));
  return known?.[1] ?? containerSignature(bytes) ?? textSignature(bytes) ?? unknownSignature(bytes);
}

function containerSignature(bytes: Uint8Array): FileSignature | undefined {
  if (latin1(bytes, 0, 4) === 'RIFF' && latin1(bytes, 8, 12) === 'WEBP') return image('webp');
  if (latin1(bytes, 4, 8) !== 'ftyp') return undefined;
  const brand = latin1(bytes, 8, 12);
  if (brand === 'avif' || brand === 'avis') return image('avif');
  if (/^(hei|hev|mif)/.test(brand)) return unsupported('HEIC', 'heif-convert page.heic page.png');
  return other('a video');
}

const controlCharacters = new RegExp('[^\\t\\n\\f\\r\\x20-\\x7e\\x80-\\xff]');

function textSignature(bytes: Uint8Array): FileSignature | undefined {
  const text = latin1(bytes, 0, 1024);
  if (controlCharacters.test(text)) return undefined;
  const start = text
    .replace(/^\xef\xbb\xbf/, '')
    .trimStart()
    .toLowerCase();
  if (/^(<!doctype html|<html|<head|<body)/.test(start)) return other('an HTML page');
  if (/<svg[\s>]/.test(start)) return unsupported('SVG', 'rsvg-convert -d 300 -p 300 page.svg');
  if (start.startsWith('<')) return other('an XML document');
  if (start.startsWith('{') || start.startsWith('[')) return other('a JSON document');
  return other('plain text');
}

function unknownSignature(bytes: Uint8Array): FileSignature {
  const first = bytes.subarray(0, 1024);
  if (first.every((byte) => byte === 0)) return other('nothing but zero bytes');
  return other(
    `no format known here (it begins with ${Buffer.from(first.subarray(0, 8)).toString('hex')})`,
  );
}
