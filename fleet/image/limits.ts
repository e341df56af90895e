export interface DecodeLimits {
  /** Width × height above which a frame is refused from its header, before any decoding. */
  readonly maxPixels: number;
  /** Seconds that decoding one frame may take. */
  readonly timeoutSeconds: number;
}

/** 200 megapixels: a newspaper page of 1 m at 400 dpi. Decoded, they are 600 MB. */
export const defaultLimits: DecodeLimits = { maxPixels: 200_000_000, timeoutSeconds: 60 };
