/** A committed run of pages of one task: a file in the store and a row in Postgres. */
export interface Part {
  /** 0, 1, 2 … in page order, without gaps. */
  readonly number: number;
  /** The lease that wrote it; it stands in the file's name. A decimal string: it is a bigint. */
  readonly fence: string;
  /** Index of the first page, and how many pages of the manifest it covers. */
  readonly firstPage: number;
  readonly pages: number;
  /** Of those, how many failed. */
  readonly failed: number;
  /** Key below the artefact's folder. */
  readonly key: string;
  readonly bytes: number;
  /** Hex. */
  readonly sha256: string;
}
