import { readFileSync } from 'node:fs';
import path from 'node:path';

/** Absolute. */
export const amiFolder: string = path.join(import.meta.dirname, '..', '..', 'ami');

export function readAmi(name: string): string {
  return readFileSync(path.join(amiFolder, name), 'utf8');
}
