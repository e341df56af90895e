import type { ColumnValue } from '../page/page.ts';

/** A point of a polygon as Parquet holds it: pixels of the original image, 32-bit floats. */
interface PointRow {
  readonly x: number;
  readonly y: number;
}

interface BoxRow {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

interface LineRow {
  readonly polygon: readonly PointRow[];
  readonly bbox: BoxRow;
  readonly text: string;
  readonly confidence: number;
}

/** What every kind writes for one image. What was not known is null, as Parquet gives it back. */
export interface PageRow {
  /** 0-based index of the page in the volume's manifest. */
  readonly page: number;
  /** 0 except for further images inside one file. */
  readonly frame: number;
  readonly name: string;
  readonly etag: string | null;
  /** Size of the file. */
  readonly bytes: bigint | null;
  /** Pixels, after EXIF orientation. */
  readonly width: number | null;
  readonly height: number | null;
  /** Degrees clockwise by which the page was turned before it was read. */
  readonly rotation: number;
  readonly ok: boolean;
  readonly error_stage: string | null;
  readonly error_type: string | null;
  readonly error_message: string | null;
  readonly warning: string | null;
  readonly lines: readonly LineRow[];
  /** The lines' texts, joined by newlines. */
  readonly text: string;
  /** Values of the kind's own columns, by column name. */
  readonly extra: Readonly<Record<string, ColumnValue>>;
}
