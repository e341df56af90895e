import { z } from 'zod';
import { FleetError } from '../errors/fleet-error.ts';
import { withDatabaseUrlFile } from './database-url-file.ts';
import { cacheDirectory, dataDirectory } from './directories.ts';

/** Which database a command talks to. */
type DatabaseChoice =
  | { readonly kind: 'server'; readonly url: string }
  | { readonly kind: 'embedded' };

export interface Config {
  readonly database: DatabaseChoice;
  /** The embedded database, the local store. Absolute. */
  readonly dataDir: string;
  /** Downloaded and prepared models. Absolute. */
  readonly cacheDir: string;
  readonly logLevel: LogLevel;
}

const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

/** `pg` reads everything that a connection string does not say from the libpq variables. */
const urlOfLibpqVariables = 'postgresql://';
const libpqVariables = ['PGHOST', 'PGHOSTADDR', 'PGPORT', 'PGDATABASE', 'PGUSER', 'PGPASSWORD'];

/** An empty variable is an unset one, as for a shell's `${X:-default}`. */
const optional = <T extends z.ZodType>(schema: T) =>
  z.preprocess((value) => (value === '' ? undefined : value), schema.optional());

/** Every variable of the environment that the program itself reads, `DATABASE_URL_FILE` resolved. */
const environmentSchema = z.object({
  DATABASE_URL: optional(
    z.string().regex(/^postgres(ql)?:\/\//, 'must begin with postgres:// or postgresql://'),
  ),
  FLEET_DATA_DIR: optional(z.string()),
  FLEET_CACHE_DIR: optional(z.string()),
  FLEET_LOG_LEVEL: optional(z.enum(logLevels, `must be one of ${logLevels.join(', ')}`)),
});

/**
 * The configuration that the environment gives. Values are never part of the error: they may be
 * secret.
 *
 * @throws FleetError `CONFIG_INVALID`, naming the variable
 */
export function readConfig(environment: NodeJS.ProcessEnv = process.env): Config {
  const { data, error } = environmentSchema.safeParse(withDatabaseUrlFile(environment));
  if (error) throw new FleetError('CONFIG_INVALID', error.issues.map(sentence).join('; '));
  return {
    database: chooseDatabase(data.DATABASE_URL, environment),
    dataDir: dataDirectory(environment),
    cacheDir: cacheDirectory(environment),
    logLevel: data.FLEET_LOG_LEVEL ?? 'info',
  };
}

function chooseDatabase(url: string | undefined, environment: NodeJS.ProcessEnv): DatabaseChoice {
  if (url !== undefined) return { kind: 'server', url };
  const isGiven = libpqVariables.some((name) => environment[name]);
  return isGiven ? { kind: 'server', url: urlOfLibpqVariables } : { kind: 'embedded' };
}

function sentence(issue: z.core.$ZodIssue): string {
  return `${issue.path.join('.')} ${issue.message}`;
}
