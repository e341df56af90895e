import { openStore } from '../store/open.ts';
import { dimensionsKey } from './dimensions.ts';
import type { OpenVolumeOptions } from './open-volume.ts';
import { isPageFile } from './page-name.ts';
import { below, volumeUri } from './volume-uri.ts';

/**
 * Finds the volumes below a prefix: every folder (the prefix itself included) that directly holds
 * page images or a `dimensions.json`. Hidden folders are left out. URIs stream in key order out of
 * one paginated listing; memory does not grow with what is found.
 */
export async function* discoverVolumes(
  prefixUri: string,
  options: Pick<OpenVolumeOptions, 'signal' | 'open'>,
): AsyncGenerator<string> {
  const root = volumeUri(prefixUri);
  const store = (options.open ?? openStore)(root);
  const found = new FoundFolders();
  try {
    for await (const { key } of store.list({ signal: options.signal })) {
      const slash = key.lastIndexOf('/') + 1;
      const [folder, name] = [key.slice(0, slash), key.slice(slash)];
      const isVolume = name === dimensionsKey || isPageFile(name);
      if (isVolume && !isLeftOut(folder) && found.isNew(folder)) yield below(root, folder);
    }
  } finally {
    store.close();
  }
}

/**
 * Remembers the folders on the way to the current key only: in key order all keys below a folder
 * come together, so a folder that was left never comes again.
 */
class FoundFolders {
  #way: string[] = [];

  isNew(folder: string): boolean {
    this.#way = this.#way.filter((above) => folder.startsWith(above));
    if (this.#way.includes(folder)) return false;
    this.#way.push(folder);
    return true;
  }
}

/** Hidden, or (in a bucket, where every string is a key) not to be named by a URI. */
function isLeftOut(folder: string): boolean {
  return /(^|\/)[./]/.test(folder);
}
