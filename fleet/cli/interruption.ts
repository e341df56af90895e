import { Interrupted, OutputClosed } from './stop-reasons.ts';

/** What ends a command early, as a signal. */
export interface Interruption {
  readonly signal: AbortSignal;
  release(): void;
}

/** The first Ctrl-C or SIGTERM lets the command clean up, the second ends the process at once. */
export function listenForInterruption(): Interruption {
  const stop = new AbortController();
  const onSignal = (): void => {
    if (stop.signal.aborted) process.exit(130);
    stop.abort(new Interrupted('interrupted'));
  };
  const onOutputError = (error: NodeJS.ErrnoException): void => {
    if (error.code !== 'EPIPE') throw error;
    stop.abort(new OutputClosed('standard output was closed'));
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  process.stdout.on('error', onOutputError);
  return {
    signal: stop.signal,
    // The listener on the output stays: what was written last may fail after the command's end.
    release() {
      process.off('SIGINT', onSignal);
      process.off('SIGTERM', onSignal);
    },
  };
}
