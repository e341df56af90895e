import type { Store } from '../store/store.ts';

/** One expected page image of a volume. */
export interface Page {
  /** 0-based position in reading order. */
  readonly index: number;
  /** File name as the manifest has it; unique in the volume. */
  readonly name: string;
  /** Key in the volume's store. */
  readonly key: string;
  /** Bytes, when the listing told. */
  readonly size?: number | undefined;
  /** The store's etag, when the listing told; the row in the artefact carries it. */
  readonly etag?: string | undefined;
  /** Pixels, when the manifest told. */
  readonly width?: number | undefined;
  readonly height?: number | undefined;
}

/** An ordered set of page images, pinned to one version. */
export interface Volume {
  /** As registered in `fleet.volume`. */
  readonly uri: string;
  /** Hex digest of the manifest (names, sizes, etags in order): changes when any page does. */
  readonly version: string;
  readonly pages: readonly Page[];
  /** Sum of the known page sizes, in bytes. */
  readonly bytes: number;
  readonly store: Store;
}
