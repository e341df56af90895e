import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { packageRoot } from '../queue/package-root.ts';

const samplesFolder = join(packageRoot, 'fleet', 'local', 'samples');

/** URIs of the sample volumes that come with the program, in order. */
export async function sampleVolumes(): Promise<readonly string[]> {
  const entries = await readdir(samplesFolder, { withFileTypes: true });
  return entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => `${pathToFileURL(join(samplesFolder, entry.name)).href}/`)
    .sort();
}
