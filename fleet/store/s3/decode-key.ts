/**
 * A key of a listing with `EncodingType: 'url'`. Servers encode as HTML forms do: AWS writes a space
 * as `+`, Ceph as `%20`, both a plus sign as `%2B`.
 */
export const decodeKey = (encoded = ''): string => decodeURIComponent(encoded.replaceAll('+', ' '));
