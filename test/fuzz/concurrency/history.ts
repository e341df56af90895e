import type { Held } from '../../../fleet/queue/protocol/held.ts';

interface Event extends Held {
  /** When the call was sent and when its answer came, in milliseconds of this process. */
  readonly from: number;
  readonly to: number;
}

/** What the workers were told: each claim, and each effect that was accepted. */
export class History {
  readonly #claims: Event[] = [];
  readonly #effects: Event[] = [];

  get claims(): readonly Event[] {
    return this.#claims;
  }

  get effects(): readonly Event[] {
    return this.#effects;
  }

  claimed(held: Held, from: number): void {
    this.#claims.push({ ...pair(held), from, to: performance.now() });
  }

  accepted(held: Held, from: number): void {
    this.#effects.push({ ...pair(held), from, to: performance.now() });
  }

  /** Effects that were sent after a later claim of the same task had been answered. */
  effectsUnderOldFences(): Event[] {
    const byTask = Map.groupBy(this.#claims, (claim) => claim.task);
    return this.#effects.filter((effect) =>
      (byTask.get(effect.task) ?? []).some(
        (claim) => BigInt(claim.fence) > BigInt(effect.fence) && claim.to < effect.from,
      ),
    );
  }

  /** Claims of the same task under the same fence, or of any two tasks. */
  fencesGivenTwice(): string[] {
    const fences = this.#claims.map((claim) => claim.fence);
    return fences.filter((fence, index) => fences.indexOf(fence) !== index);
  }
}

function pair({ task, fence }: Held): Held {
  return { task, fence };
}
