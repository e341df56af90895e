import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { FleetError } from '../errors/fleet-error.ts';
import type { Kind } from './kind.ts';

/**
 * Imports a kind of the user's own, exported as `kind` or by default. `module` is a path (relative
 * to the working directory when it begins with a dot) or a package's name.
 * Throws `CONFIG_INVALID`.
 */
export async function importKind(module: string): Promise<Kind> {
  const exported = await importModule(module);
  const kind = exported['kind'] ?? exported['default'];
  if (isKind(kind)) return kind;
  throw new FleetError('CONFIG_INVALID', `The module ${module} exports no kind.`, {
    remedy:
      'Export `kind` with name, description, parameters (a zod schema), columns and open; see the README.',
  });
}

async function importModule(module: string): Promise<Record<string, unknown>> {
  try {
    const isPath = /^[./]/.test(module) || path.isAbsolute(module);
    const file = isPath ? path.resolve(module) : createRequire(`${process.cwd()}/`).resolve(module);
    return (await import(pathToFileURL(file).href)) as Record<string, unknown>;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new FleetError('CONFIG_INVALID', `The module ${module} cannot be loaded: ${why}`, {
      cause: error,
      remedy: 'Correct --kinds (or FLEET_KINDS), or the module.',
    });
  }
}

function isKind(value: unknown): value is Kind {
  if (typeof value !== 'object' || value === null) return false;
  const { name, description, parameters, columns, open } = value as Partial<
    Record<keyof Kind, unknown>
  >;
  const isSchema =
    typeof parameters === 'object' && parameters !== null && 'safeParse' in parameters;
  const isNamed = typeof name === 'string' && name !== '' && typeof description === 'string';
  return isNamed && isSchema && Array.isArray(columns) && typeof open === 'function';
}
