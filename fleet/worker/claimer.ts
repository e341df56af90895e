import type { FleetError } from '../errors/fleet-error.ts';
import type { Database } from '../queue/database.ts';
import { claim, type ClaimedTask } from '../queue/protocol/claim.ts';
import { disown } from '../queue/protocol/disown.ts';

export interface ClaimerOptions {
  readonly database: Database;
  /** Tasks that the worker knows of. */
  readonly known: () => readonly number[];
  /** How long a statement can still run whose answer was given up, milliseconds. */
  readonly statementMs: number;
  readonly onDisowned: (tasks: readonly number[]) => void;
}

/**
 * Claims, and sees to it that no answer's loss leaves a task held that nobody works on: after a claim
 * of uncertain fate, what the worker holds without knowing is handed back before anything is claimed,
 * until the statement that was given up cannot be running any more.
 */
export class Claimer {
  readonly #options: ClaimerOptions;
  #unsureUntil = -Infinity;

  constructor(options: ClaimerOptions) {
    this.#options = options;
  }

  /** Throws what `claim` throws. */
  async claim(worker: number, slots: number): Promise<readonly ClaimedTask[]> {
    const { database } = this.#options;
    if (this.#unsureUntil !== -Infinity) await this.#disown(worker);
    try {
      return await claim(database, worker, slots);
    } catch (error) {
      if ((error as FleetError).code !== 'LEASE_LOST') this.doubt();
      throw error;
    }
  }

  /** The database may think that this worker runs something that it does not. */
  doubt(): void {
    this.#unsureUntil = performance.now() + this.#options.statementMs;
  }

  async #disown(worker: number): Promise<void> {
    const { database, known, onDisowned } = this.#options;
    const certain = performance.now() > this.#unsureUntil;
    const tasks = await disown(database, worker, known());
    if (tasks.length > 0) onDisowned(tasks);
    if (certain) this.#unsureUntil = -Infinity;
  }
}
