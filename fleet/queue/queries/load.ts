import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../package-root.ts';

const loaded = new Map<string, string>();

/** The text of `sql/queries/{name}.sql`, read once. */
export function sqlQuery(name: string): string {
  const known = loaded.get(name);
  if (known !== undefined) {
    return known;
  }
  const text = readFileSync(join(packageRoot, 'sql', 'queries', `${name}.sql`), 'utf8');
  loaded.set(name, text);
  return text;
}
