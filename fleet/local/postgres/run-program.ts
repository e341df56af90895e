import { spawn } from 'node:child_process';
import { type Account, spawnIdentity } from './account.ts';

/** How a program ended; `code` is null when a signal ended it. */
export interface Ended {
  readonly code: number | null;
  /** Standard output and error, as they came. */
  readonly output: string;
}

/**
 * The programs get no variable that they do not need: neither the caller's secrets nor PG*
 * variables that would redirect them. Messages come in English, because they are looked at.
 */
export const programEnvironment: NodeJS.ProcessEnv = { PATH: process.env['PATH'], LC_ALL: 'C' };

/** Runs a program as the account until it ends. Rejects when it cannot be started or is aborted. */
export function runProgram(
  account: Account,
  program: string,
  parameters: readonly string[],
  signal: AbortSignal,
): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, parameters, {
      ...spawnIdentity(account),
      cwd: '/',
      env: programEnvironment,
      stdio: ['ignore', 'pipe', 'pipe'],
      signal,
    });
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (output += text));
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, output }));
  });
}
