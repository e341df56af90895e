import { Command, type CommandUnknownOpts } from '@commander-js/extra-typings';
import type { Logger } from 'pino';
import { type Config, readConfig } from '../config/config.ts';
import { createLogger } from '../log/logger.ts';
import type { ExitCode } from './exit-code.ts';
import { listenForInterruption } from './interruption.ts';
import { Output } from './output/output.ts';

/** The options that every command has. */
export interface CommonOptions {
  readonly json?: true | undefined;
  readonly verbose?: true | undefined;
}

/** What a command works with. */
export interface CommandContext {
  readonly config: Config;
  readonly log: Logger;
  readonly output: Output;
  /** Aborts at Ctrl-C, SIGTERM, or when nobody reads the output any more. */
  readonly signal: AbortSignal;
}

/** What a command does; it gives an exit code when it ends neither well (0) nor with an error. */
export type Work = (context: CommandContext) => Promise<ExitCode | void>;

/** Pairs of a command line (without `fleet`) and what it does, for `--help`. */
export type Examples = readonly (readonly [line: string, meaning: string])[];

/** A command with the common options. */
export function createCommand(name: string, examples: Examples) {
  return new Command(name)
    .option('--json', 'print one JSON document instead of text')
    .option('--verbose', 'log more; show causes and stack of an error')
    .addHelpText('after', show(examples));
}

function show(examples: Examples): string {
  const lines = examples.map(([line, meaning]) => `  # ${meaning}\n  $ fleet ${line}`);
  return `\nExamples:\n${lines.join('\n\n')}`;
}

/** A command that only holds others: `fleet job create`, `fleet job list` … */
export function createGroup(
  name: string,
  description: string,
  examples: Examples,
  members: readonly CommandUnknownOpts[],
): CommandUnknownOpts {
  const group = new Command(name).description(description).addHelpText('after', show(examples));
  for (const member of members) group.addCommand(member);
  return group;
}

/**
 * Runs a command's work with its surroundings. With `signals: 'own'` Ctrl-C and SIGTERM are left
 * to the work: a worker drains at the first and aborts at the second.
 */
export async function runCommand(
  options: CommonOptions,
  work: Work,
  { signals = 'abort' }: { readonly signals?: 'abort' | 'own' } = {},
): Promise<void> {
  const config = readConfig();
  const level = options.verbose ? 'debug' : config.logLevel;
  const interruption = listenForInterruption();
  if (signals === 'own') interruption.release();
  const { signal } = interruption;
  const output = new Output({ json: options.json ?? false });
  try {
    const code = await work({ config, log: createLogger({ level }), output, signal });
    signal.throwIfAborted();
    if (code !== undefined) process.exitCode = code;
  } catch (error) {
    // Whatever the abort led to, it was the reason.
    signal.throwIfAborted();
    throw error;
  } finally {
    output.close();
    interruption.release();
  }
}
