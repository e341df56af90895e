/**
 * The data that travels with a page, from its bytes to its row. Plain: it crosses threads.
 */

/** `[x, y]` in pixels of the original image, origin top left, y down. */
export type Point = readonly [x: number, y: number];

/** One line of text (or, for a kind that only finds lines, its place). */
export interface Line {
  /** Corners or contour in original pixels, clockwise from the reading-order start. */
  readonly polygon: readonly Point[];
  /** `[left, top, right, bottom]` of the polygon. */
  readonly bbox: readonly [number, number, number, number];
  readonly text: string;
  /** 0…1; the mean over the characters read. */
  readonly confidence: number;
}

/** A step of the way of a page; an error says at which one it happened. */
export type Stage = 'fetch' | 'decode' | 'infer' | 'read' | 'write';

/** An error that travels with its page instead of ending the volume. */
export interface PageError {
  readonly stage: Stage;
  /** An `ErrorCode` of the catalogue. */
  readonly type: string;
  readonly message: string;
}

/** What the reading of one image gave. Plain data: it crosses threads and becomes a row. */
export interface PageResult {
  /** 0 except for further images inside one file (multi-page TIFF). */
  readonly frame: number;
  /** Original pixels (after EXIF orientation), undefined when the image could not be decoded. */
  readonly width?: number | undefined;
  readonly height?: number | undefined;
  /** Degrees clockwise by which the page was turned before it was read. */
  readonly rotation: number;
  readonly lines: readonly Line[];
  /** Set when the page failed; `lines` is then empty. */
  readonly error?: PageError | undefined;
  /** A page that was read although something was wrong with it (for instance a truncated file). */
  readonly warning?: string | undefined;
  /** Values for the kind's own columns, by column name. */
  readonly extra?: Readonly<Record<string, ColumnValue>> | undefined;
  /** Milliseconds by step, for the status page (`decode`, `detect`, `recognise`, …). */
  readonly timings: Readonly<Record<string, number>>;
}

export type ColumnValue = string | number | boolean | null;

/** A column that a kind adds to the rows that every kind writes. */
export interface Column {
  readonly name: string;
  readonly type: 'string' | 'int' | 'double' | 'boolean';
}

/** The bytes of one page, as they came from the store. */
export interface PageInput {
  readonly index: number;
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Provenance of one model file. */
export interface ModelFile {
  readonly role: string;
  readonly name: string;
  readonly uri: string;
  readonly sha256: string;
}
