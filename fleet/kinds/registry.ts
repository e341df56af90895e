import { z } from 'zod';
import { FleetError } from '../errors/fleet-error.ts';
import type { Kind } from './kind.ts';
import type { Column } from '../page/page.ts';
import { importKind } from './user-kind.ts';

/** The built-in kinds by name. Importing one must stay cheap: its models load when it is opened. */
const builtIn: Readonly<Record<string, () => Promise<{ readonly kind: Kind }>>> = {
  ocr: async () => await import('./ocr/kind.ts'),
};

/** What a user may want to know of a kind. */
export interface KindDescription {
  readonly name: string;
  readonly description: string;
  /** JSON Schema of the parameters. */
  readonly parameters: unknown;
  readonly columns: readonly Column[];
}

/**
 * The kinds by name: the built-in ones and those of the modules, each of which replaces a built-in
 * kind of the same name. Throws `CONFIG_INVALID` for a module that holds no kind.
 */
export async function loadKinds(
  modules: readonly string[] = [],
): Promise<ReadonlyMap<string, Kind>> {
  const own = await Promise.all(Object.values(builtIn).map(async (load) => (await load()).kind));
  const users = await Promise.all(modules.map(importKind));
  return new Map([...own, ...users].map((kind) => [kind.name, kind]));
}

/** One kind. Throws `KIND_UNKNOWN`, naming those that exist. */
export async function loadKind(name: string, modules: readonly string[] = []): Promise<Kind> {
  const kinds = await loadKinds(modules);
  const kind = kinds.get(name);
  if (kind) return kind;
  const known = [...kinds.keys()].join(', ');
  throw new FleetError(
    'KIND_UNKNOWN',
    `There is no kind ${JSON.stringify(name)}; known are: ${known}.`,
  );
}

export async function describeKinds(modules: readonly string[] = []): Promise<KindDescription[]> {
  const kinds = await loadKinds(modules);
  return [...kinds.values()].map(({ name, description, parameters, columns }) => ({
    name,
    description,
    parameters: z.toJSONSchema(parameters, { io: 'input', unrepresentable: 'any' }),
    columns,
  }));
}

/**
 * The parameters with their defaults filled in, as plain JSON. Throws `KIND_UNKNOWN`, or
 * `PARAMETER_INVALID` naming each wrong field and what is expected there.
 */
export async function validateParameters(
  name: string,
  parameters: unknown,
  modules: readonly string[] = [],
): Promise<Record<string, unknown>> {
  return parseParameters(await loadKind(name, modules), parameters);
}

/** As `validateParameters`, for a kind in hand. */
export function parseParameters(kind: Kind, parameters: unknown): Record<string, unknown> {
  const parsed = kind.parameters.safeParse(parameters);
  if (parsed.success) return parsed.data as Record<string, unknown>;
  const wrong = parsed.error.issues.map((issue) => describeIssue(kind, issue)).join('; ');
  throw new FleetError(
    'PARAMETER_INVALID',
    `The kind ${kind.name} cannot take these parameters: ${wrong}.`,
  );
}

function describeIssue(kind: Kind, issue: z.core.$ZodIssue): string {
  const field = issue.path.join('.') || 'parameters';
  if (issue.code !== 'unrecognized_keys') return `${field}: ${issue.message}`;
  const known = 'shape' in kind.parameters ? Object.keys(kind.parameters.shape as object) : [];
  return `${issue.keys.join(', ')}: unknown (known are ${known.join(', ')})`;
}
