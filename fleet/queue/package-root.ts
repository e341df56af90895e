import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The package's folder, found upwards from this file: it runs from `fleet/` and from `dist/fleet/`. */
export const packageRoot: string = findRoot(import.meta.dirname);

function findRoot(from: string): string {
  if (existsSync(join(from, 'package.json'))) {
    return from;
  }
  const parent = dirname(from);
  if (parent === from) {
    throw new Error('package.json was not found above the program: the installation is incomplete');
  }
  return findRoot(parent);
}
