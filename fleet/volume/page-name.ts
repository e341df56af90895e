const listed = new Set(['jpg', 'jpeg', 'png', 'tif', 'tiff', 'jp2', 'webp']);
const inManifest = new Set(['jpg', 'jpeg', 'png', 'tif', 'tiff']);

/** A file of a folder that counts as a page image: by its extension, not hidden, not deeper. */
export function isPageFile(name: string): boolean {
  return isPlain(name) && listed.has(extension(name));
}

/** An entry of `dimensions.json` that counts as a page image. */
export function isManifestPage(name: string): boolean {
  return isPlain(name) && inManifest.has(extension(name));
}

/**
 * A name that would lead out of the volume or cannot be a file's name anywhere: it is refused
 * instead of being skipped, because somebody or something put it there.
 */
export function isEvilName(name: string): boolean {
  return (
    name === '' ||
    name.startsWith('/') ||
    name.includes('\\') ||
    /\p{Cc}/u.test(name) ||
    name.split('/').some((segment) => segment === '..' || segment === '.')
  );
}

function isPlain(name: string): boolean {
  return !name.startsWith('.') && !name.includes('/');
}

function extension(name: string): string {
  const dot = name.lastIndexOf('.');
  return dot > 0 ? name.slice(dot + 1).toLowerCase() : '';
}
