import { setTimeout as sleep } from 'node:timers/promises';

const TICK_MS = 5;

/** Does something for each of many members at an interval, at moments spread evenly over it. */
export class Rhythm<Member> {
  readonly #members: readonly Member[];
  readonly #intervalMs: number;
  readonly #act: (member: Member, index: number, due: number) => Promise<void>;

  constructor(
    members: readonly Member[],
    intervalMs: number,
    act: (member: Member, index: number, due: number) => Promise<void>,
  ) {
    this.#members = members;
    this.#intervalMs = intervalMs;
    this.#act = act;
  }

  /** `due` is when the action should have begun (`performance.now()`): lateness is not hidden. */
  async play(milliseconds: number, signal: AbortSignal): Promise<void> {
    const began = performance.now();
    const actions: Promise<void>[] = [];
    for (let turn = 0; ; await sleep(TICK_MS)) {
      signal.throwIfAborted();
      const now = Math.min(performance.now() - began, milliseconds);
      for (; this.#dueAfter(turn) < now; turn += 1) {
        const index = turn % this.#members.length;
        const member = this.#members[index];
        if (member === undefined) break;
        const action = this.#act(member, index, began + this.#dueAfter(turn));
        actions.push(action);
        // Until all are awaited below, nobody else looks at its failure.
        action.catch(() => undefined);
      }
      if (now === milliseconds) break;
    }
    await Promise.all(actions);
  }

  #dueAfter(turn: number): number {
    return (turn / this.#members.length) * this.#intervalMs;
  }
}
