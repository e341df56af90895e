/** How a worker is told to leave. */
export interface StopSignals {
  /** Finish or hand back within the grace time. */
  readonly drain: AbortSignal;
  /** Hand back at once. */
  readonly abort: AbortSignal;
}

/** The first SIGTERM or SIGINT drains, the second aborts. */
export function stopOnProcessSignals(): StopSignals & { release(): void } {
  const drain = new AbortController();
  const abort = new AbortController();
  const onSignal = (name: NodeJS.Signals) => {
    if (drain.signal.aborted) abort.abort(name);
    else drain.abort(name);
  };
  const names = ['SIGTERM', 'SIGINT'] as const;
  for (const name of names) process.on(name, onSignal);
  return {
    drain: drain.signal,
    abort: abort.signal,
    release: () => {
      for (const name of names) process.off(name, onSignal);
    },
  };
}
