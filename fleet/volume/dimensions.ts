import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { z } from 'zod';
import { FleetError } from '../errors/fleet-error.ts';
import { isEvilName, isManifestPage } from './page-name.ts';

/** The manifest that the Buddhist Digital Resource Center writes beside the images. */
export const dimensionsKey = 'dimensions.json';

/** More than any real manifest (60 bytes an entry): what unpacks to more is not one. */
export const maxManifestBytes = 64 * 1024 * 1024;

export interface ManifestPage {
  readonly name: string;
  /** Pixels. */
  readonly width?: number | undefined;
  readonly height?: number | undefined;
}

export interface Manifest {
  /** In the order of the file. */
  readonly pages: readonly ManifestPage[];
  /** Entries that are no page images (other extensions, files of subfolders). */
  readonly skipped: number;
}

const pixels = z.int().positive().nullish();
const entrySchema = z.object({ filename: z.string(), width: pixels, height: pixels });
const unpack = promisify(gunzip);

/**
 * Reads `dimensions.json`: a list of `{filename, width, height, …}`, plain or gzip'd (BDRC's are
 * gzip'd under the plain name, without the header that would say so). `where` names the file in
 * messages. Throws `VOLUME_MANIFEST_INVALID`.
 */
export async function parseDimensions(bytes: Buffer, where: string): Promise<Manifest> {
  const entries = parseList(await plainText(bytes, where), where);
  const pages: ManifestPage[] = [];
  const seen = new Map<string, number>();
  for (const [index, entry] of entries.entries()) {
    const page = parseEntry(entry, `${where}, entry ${index + 1}`);
    if (page === undefined) continue;
    const earlier = seen.get(page.name);
    if (earlier !== undefined) {
      throw invalid(`${where}, entry ${index + 1}: "${page.name}" stands at entry ${earlier} too`);
    }
    seen.set(page.name, index + 1);
    pages.push(page);
  }
  return { pages, skipped: entries.length - pages.length };
}

async function plainText(bytes: Buffer, where: string): Promise<string> {
  const packed = bytes[0] === 0x1f && bytes[1] === 0x8b;
  const plain = packed ? await unpackBounded(bytes, where) : bytes;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(plain);
  } catch (cause) {
    throw invalid(`${where} is not UTF-8 text, JSON was expected`, cause);
  }
}

async function unpackBounded(bytes: Buffer, where: string): Promise<Buffer> {
  try {
    return await unpack(bytes, { maxOutputLength: maxManifestBytes });
  } catch (cause) {
    const tooLarge = cause instanceof RangeError;
    const megabytes = maxManifestBytes / 1024 / 1024;
    throw invalid(
      tooLarge
        ? `${where} unpacks to more than ${megabytes} MB, which no manifest does`
        : `${where} is a damaged gzip file (${messageOf(cause)})`,
      cause,
    );
  }
}

function parseList(text: string, where: string): readonly unknown[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw invalid(`${where} is not JSON (${messageOf(cause)})`, cause);
  }
  if (Array.isArray(value)) return value;
  throw invalid(
    `${where} holds ${describe(value)}, a list of {filename, width, height} was expected`,
  );
}

/** Undefined when the entry is no page image. */
function parseEntry(entry: unknown, where: string): ManifestPage | undefined {
  const parsed = entrySchema.safeParse(entry);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const field = issue === undefined || issue.path.length === 0 ? '' : `${issue.path.join('.')}: `;
    throw invalid(`${where}: ${field}${issue?.message ?? 'unexpected value'}`, parsed.error);
  }
  const { filename: name, width, height } = parsed.data;
  if (isEvilName(name)) {
    throw invalid(
      `${where}: filename ${JSON.stringify(name)} is not the name of a file in the volume`,
    );
  }
  if (!isManifestPage(name)) return undefined;
  return { name, width: width ?? undefined, height: height ?? undefined };
}

function describe(value: unknown): string {
  if (value === null) return 'null';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function invalid(message: string, cause?: unknown): FleetError {
  return new FleetError('VOLUME_MANIFEST_INVALID', message, { cause });
}
