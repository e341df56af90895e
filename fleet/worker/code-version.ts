import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../queue/package-root.ts';

/** The program's version, as it stands in provenance. */
export function codeVersion(): string {
  const text = readFileSync(join(packageRoot, 'package.json'), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
