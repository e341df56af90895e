/** Why a command was stopped from outside; neither is an error to be explained. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
}

/** Nobody reads standard output any more, as with `| head`. */
export class OutputClosed extends Error {
  override readonly name = 'OutputClosed';
}
