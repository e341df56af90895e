/** A task under the fence of one claim: what every later write names. */
export interface Held {
  readonly task: number;
  /** A bigint, so a decimal string. */
  readonly fence: string;
}

/** Two parallel arrays, as the functions take them. */
export function toArrays(held: readonly Held[]): { tasks: number[]; fences: string[] } {
  return { tasks: held.map((each) => each.task), fences: held.map((each) => each.fence) };
}
