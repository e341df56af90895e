import { CommanderError } from '@commander-js/extra-typings';
import { catalogue } from '../errors/catalogue.ts';
import type { ExitCode } from './exit-code.ts';
import { tolerateClosedOutput } from './interruption.ts';
import { asFleetError, describeError } from './output/describe-error.ts';
import { paintFor } from './output/palette.ts';
import { createProgram } from './program.ts';
import { Interrupted, OutputClosed } from './stop-reasons.ts';

/** Runs one command line (without `node fleet`) to its end. Never rejects. */
export async function main(parameters: readonly string[]): Promise<ExitCode> {
  tolerateClosedOutput();
  try {
    await createProgram().parseAsync(parameters, { from: 'user' });
    return (process.exitCode ?? 0) as ExitCode;
  } catch (error) {
    return conclude(error, parameters);
  }
}

function conclude(error: unknown, parameters: readonly string[]): ExitCode {
  // Commander has printed its own already.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (error instanceof OutputClosed) return 0;
  if (error instanceof Interrupted) {
    process.stderr.write('interrupted\n');
    return 130;
  }
  const view = {
    json: parameters.includes('--json'),
    verbose: parameters.includes('--verbose'),
    paint: paintFor(process.stderr),
  };
  process.stderr.write(`${describeError(error, view)}\n`);
  return catalogue[asFleetError(error).code].exitCode;
}
