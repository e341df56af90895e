import { readFileSync } from 'node:fs';
import { FleetError } from '../errors/fleet-error.ts';

/**
 * The environment with `DATABASE_URL` taken from the file that `DATABASE_URL_FILE` names, unless it
 * is set itself. A file, such as a credential of systemd or a secret of a container, is seen by
 * the program alone; a variable is inherited by every child and shown by `systemctl show`.
 *
 * @throws FleetError `CONFIG_INVALID` when the file cannot be read or is empty
 */
export function withDatabaseUrlFile(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { DATABASE_URL: given, DATABASE_URL_FILE: file } = environment;
  if (given || !file) return environment;
  const url = read(file).trim();
  if (url === '') throw invalid(file, 'is empty');
  return { ...environment, DATABASE_URL: url };
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw invalid(file, `cannot be read (${code})`, error);
  }
}

function invalid(file: string, what: string, cause?: unknown): FleetError {
  const message = `DATABASE_URL_FILE names ${file}, which ${what}.`;
  return new FleetError('CONFIG_INVALID', message, cause === undefined ? {} : { cause });
}
