/** One image of a TIFF file that a test makes: an uncompressed strip and its tags. */
export interface TiffFrame {
  readonly width: number;
  readonly height: number;
  readonly bits: number;
  readonly data: Uint8Array;
  readonly samples?: number;
  /** Further or different tags (all written as SHORT). */
  readonly tags?: Readonly<Record<number, number>>;
}

const long = 4;
const short = 3;
const stripOffsets = 273;

/** Writes a little-endian classic TIFF with one strip a frame, each frame's pixels after its tags. */
export function writeTiff(...frames: readonly TiffFrame[]): Buffer {
  let offset = 8;
  const parts: Buffer[] = [];
  frames.forEach((frame, index) => {
    const part = writeFrame(frame, offset, index === frames.length - 1);
    parts.push(part);
    offset += part.length;
  });
  return Buffer.concat([Buffer.from('II*\0\x08\0\0\0', 'latin1'), ...parts]);
}

function writeFrame(frame: TiffFrame, offset: number, last: boolean): Buffer {
  const entries = Object.entries({
    256: frame.width,
    257: frame.height,
    258: frame.bits,
    259: 1,
    262: 1,
    [stripOffsets]: 0,
    277: frame.samples ?? 1,
    278: frame.height,
    279: frame.data.length,
    ...frame.tags,
  }).map(([tag, value]) => [Number(tag), value] as const);
  const size = 2 + entries.length * 12 + 4;
  const padded = Buffer.concat([frame.data, Buffer.alloc(frame.data.length % 2)]);
  const directory = Buffer.alloc(size);
  directory.writeUInt16LE(entries.length, 0);
  entries.forEach(([tag, value], index) => {
    const at = 2 + index * 12;
    const type = tag === stripOffsets || tag === 279 ? long : short;
    directory.writeUInt16LE(tag, at);
    directory.writeUInt16LE(type, at + 2);
    directory.writeUInt32LE(1, at + 4);
    directory.writeUInt32LE(tag === stripOffsets ? offset + size : value, at + 8);
  });
  directory.writeUInt32LE(last ? 0 : offset + size + padded.length, size - 4);
  return Buffer.concat([directory, padded]);
}
