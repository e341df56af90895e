import { type DestinationStream, type Logger, pino } from 'pino';
import pretty from 'pino-pretty';
import type { LogLevel } from '../config/config.ts';
import { redactSecrets } from './redact-secrets.ts';

export interface LogOptions {
  readonly level: LogLevel;
  /** Default: standard error; for people when it is a terminal, JSON lines when it is not. */
  readonly destination?: DestinationStream | undefined;
  /** Written with every line. */
  readonly bindings?: Readonly<Record<string, string | number>> | undefined;
}

/** The log goes to standard error: standard output is for results. No secret comes through. */
export function createLogger(options: LogOptions): Logger {
  return pino(
    {
      level: options.level,
      base: options.bindings ?? {},
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (level) => ({ level }) },
      redact: { paths: secretFields, censor: '***' },
      // On the finished line, so that it covers messages, stacks and fields alike.
      hooks: { streamWrite: redactSecrets },
    },
    options.destination ?? standardError(),
  );
}

const secretFields = ['password', 'token', 'secret', 'secretAccessKey', 'authorization'].flatMap(
  (field) => [field, `*.${field}`, `*.*.${field}`],
);

/** Written at once: the last lines before a crash are those that matter. */
function standardError(): DestinationStream {
  const descriptor = process.stderr.fd;
  if (!process.stderr.isTTY) return pino.destination({ dest: descriptor, sync: true });
  return pretty({
    destination: descriptor,
    sync: true,
    colorize: process.stderr.hasColors(),
    translateTime: 'SYS:HH:MM:ss',
    ignore: 'pid,hostname',
  });
}
