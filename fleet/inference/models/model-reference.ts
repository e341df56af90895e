import { z } from 'zod';

/** A model (or a dictionary) as a job's parameters name it. */
export interface ModelReference {
  /** What the kind uses it for: `detector`, `recogniser`, … */
  readonly role: string;
  /** `npm:package/path`, `s3://bucket/key`, `file:///path` or a plain path. */
  readonly uri: string;
  /** Hex; the file is refused when it has another one. */
  readonly sha256?: string | undefined;
}

const pin = '#sha256=';

/**
 * A parameter that names a file, with an optional pin behind it:
 * `s3://models/line.onnx#sha256=<64 hex digits>`.
 */
export const modelUri = z
  .string()
  .min(1)
  .refine((value) => !value.includes('#') || /^[^#]+#sha256=[0-9a-f]{64}$/.test(value), {
    error: 'a URI, optionally followed by #sha256= and 64 hex digits in lower case',
  });

/** Takes a `modelUri` apart. */
export function modelReference(role: string, value: string): ModelReference {
  const [uri = '', sha256] = value.split(pin);
  return { role, uri, sha256 };
}

/** The file's own name, without its place. */
export function modelName({ uri }: ModelReference): string {
  return uri.slice(uri.lastIndexOf('/') + 1);
}
