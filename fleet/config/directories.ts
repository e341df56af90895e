import path from 'node:path';
import envPaths from 'env-paths';

const standard = envPaths('fleet', { suffix: '' });

/**
 * Where the embedded database and the local store live: `$FLEET_DATA_DIR`, else `/var/lib/fleet`
 * for root (an account that root drops to must reach it), else the user's own data folder
 * (`$XDG_DATA_HOME/fleet`, `~/.local/share/fleet`, `~/Library/Application Support/fleet`).
 */
export function dataDirectory(environment: NodeJS.ProcessEnv = process.env): string {
  const chosen = environment['FLEET_DATA_DIR'];
  if (chosen) return path.resolve(chosen);
  return process.geteuid?.() === 0 ? '/var/lib/fleet' : standard.data;
}

/** Downloaded and prepared models: `$FLEET_CACHE_DIR`, else the user's cache folder. */
export function cacheDirectory(environment: NodeJS.ProcessEnv = process.env): string {
  const chosen = environment['FLEET_CACHE_DIR'];
  return chosen ? path.resolve(chosen) : standard.cache;
}
