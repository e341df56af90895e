/**
 * Runs tasks that belong together: when one fails the others are aborted, and it returns or throws
 * (the first error) only after all of them ended, so that nothing goes on behind the caller's back.
 */
export async function together(
  parent: AbortSignal,
  start: (signal: AbortSignal) => readonly Promise<unknown>[],
): Promise<void> {
  const failure = new AbortController();
  const signal = AbortSignal.any([parent, failure.signal]);
  const errors: unknown[] = [];
  const fail = (error: unknown) => {
    errors.push(error);
    failure.abort(error);
  };
  await Promise.all(start(signal).map((task) => task.catch(fail)));
  if (errors.length > 0) throw errors[0];
}
