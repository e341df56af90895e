/** The line of a program's output that says why it failed: its last error, else its last line. */
export function reasonIn(output: string): string {
  const error = [...output.matchAll(/(?:FATAL|PANIC|ERROR|error):\s+(.*)/g)].at(-1)?.[1];
  return error ?? output.trim().split('\n').at(-1) ?? '';
}
