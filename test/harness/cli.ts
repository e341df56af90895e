import path from 'node:path';
import { execa, type ResultPromise } from 'execa';

const program = path.join(import.meta.dirname, '..', '..', 'fleet', 'cli', 'bin.mjs');

export interface CliOptions {
  /** Added to a bare environment: nothing of the caller's database or stores comes through. */
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
  readonly timeoutMs?: number;
}

/** The child as execa gives it: `stdout`, `stderr`, `exitCode` once awaited; `kill`, streams before. */
export type Cli = ResultPromise<{ reject: false }>;

/** Runs `fleet …` as a user would. Never rejects: look at `exitCode`. */
export function fleet(parameters: readonly string[], options: CliOptions = {}): Cli {
  const { PATH = '', HOME = '' } = process.env;
  return execa(process.execPath, [program, ...parameters], {
    reject: false,
    extendEnv: false,
    env: { PATH, HOME, NO_COLOR: '1', ORT_DISABLE_TELEMETRY: '1', ...options.env },
    timeout: options.timeoutMs ?? 60_000,
    ...(options.input === undefined ? { stdin: 'ignore' } : { input: options.input }),
  }) as Cli;
}
