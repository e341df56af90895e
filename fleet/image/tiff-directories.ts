/** What one image file directory (IFD) of a TIFF says about its image. */
export interface TiffDirectory {
  /** Position in the file's chain of directories. */
  readonly index: number;
  readonly compression: number;
  readonly photometric: number;
  /** 1 unsigned, 2 signed, 3 floating point. */
  readonly sampleFormat: number;
  /** A thumbnail, a pyramid level or a transparency mask: not a page of its own. */
  readonly auxiliary: boolean;
}

/** TIFF 6.0, section 8, and its technical notes. */
const tag = { newSubfileType: 254, compression: 259, photometric: 262, sampleFormat: 339 };
const maxDirectories = 10_000;

/** Offsets, field widths and byte order: what distinguishes classic TIFF from BigTIFF. */
interface TiffReader {
  readonly view: DataView;
  readonly littleEndian: boolean;
  readonly big: boolean;
}

/**
 * Walks the chain of directories of a classic or a Big TIFF. Stops without an error where the
 * chain leaves the file: a truncated file tells what is still there.
 */
export function tiffDirectories(bytes: Uint8Array): TiffDirectory[] {
  const reader = openTiff(bytes);
  const directories: TiffDirectory[] = [];
  const seen = new Set<number>();
  let offset = offsetAt(reader, reader.big ? 8 : 4);
  while (offset !== undefined && offset > 0 && !seen.has(offset) && seen.size < maxDirectories) {
    seen.add(offset);
    const entries = entriesAt(reader, offset);
    if (entries === undefined) break;
    directories.push(directoryFrom(entries.values, directories.length));
    offset = offsetAt(reader, entries.end);
  }
  return directories;
}

function openTiff(bytes: Uint8Array): TiffReader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const littleEndian = bytes[0] === 0x49;
  const big = view.getUint16(2, littleEndian) === 43;
  return { view, littleEndian, big };
}

function directoryFrom(values: ReadonlyMap<number, number>, index: number): TiffDirectory {
  const subfileType = values.get(tag.newSubfileType) ?? 0;
  return {
    index,
    compression: values.get(tag.compression) ?? 1,
    photometric: values.get(tag.photometric) ?? 1,
    sampleFormat: values.get(tag.sampleFormat) ?? 1,
    auxiliary: (subfileType & 0b101) !== 0,
  };
}

function entriesAt(reader: TiffReader, offset: number) {
  const { view, littleEndian, big } = reader;
  const start = offset + (big ? 8 : 2);
  if (start > view.byteLength) return undefined;
  const count = big
    ? Number(view.getBigUint64(offset, littleEndian))
    : view.getUint16(offset, littleEndian);
  const width = big ? 20 : 12;
  const end = start + count * width;
  if (end > view.byteLength) return undefined;
  const values = new Map<number, number>();
  for (let at = start; at < end; at += width) {
    values.set(view.getUint16(at, littleEndian), firstValue(reader, at));
  }
  return { values, end };
}

/** The first value of an entry that holds it in place; 0 for the types that are not needed here. */
function firstValue({ view, littleEndian, big }: TiffReader, entry: number): number {
  const short = 3;
  const long = 4;
  const at = entry + (big ? 12 : 8);
  const type = view.getUint16(entry + 2, littleEndian);
  const count = view.getUint32(entry + 4, littleEndian);
  if (type === long) return count === 1 ? view.getUint32(at, littleEndian) : 0;
  if (type !== short) return 0;
  const inPlace = count <= (big ? 4 : 2);
  if (inPlace) return view.getUint16(at, littleEndian);
  const elsewhere = offsetAt({ view, littleEndian, big }, at);
  if (elsewhere === undefined || elsewhere + 2 > view.byteLength) return 0;
  return view.getUint16(elsewhere, littleEndian);
}

function offsetAt({ view, littleEndian, big }: TiffReader, at: number): number | undefined {
  if (at + (big ? 8 : 4) > view.byteLength) return undefined;
  return big ? Number(view.getBigUint64(at, littleEndian)) : view.getUint32(at, littleEndian);
}
