import { Interrupted, OutputClosed } from './stop-reasons.ts';

/** What ends a command early, as a signal. */
export interface Interruption {
  readonly signal: AbortSignal;
  release(): void;
}

/**
 * Without a listener Node ends the process with a stack when `| head` has read enough. To be called
 * once, at the start: what is written last may fail after the command's end.
 */
export function tolerateClosedOutput(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
    });
  }
}

/** The first Ctrl-C or SIGTERM lets the command clean up, the second ends the process at once. */
export function listenForInterruption(): Interruption {
  const stop = new AbortController();
  const onSignal = (): void => {
    if (stop.signal.aborted) process.exit(130);
    stop.abort(new Interrupted('interrupted'));
  };
  const onOutputError = (): void => stop.abort(new OutputClosed('standard output was closed'));
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  process.stdout.on('error', onOutputError);
  return {
    signal: stop.signal,
    release() {
      process.off('SIGINT', onSignal);
      process.off('SIGTERM', onSignal);
      process.stdout.off('error', onOutputError);
    },
  };
}
