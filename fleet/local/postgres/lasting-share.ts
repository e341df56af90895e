import { bringUp, type Cluster } from './bring-up.ts';
import { leave, type Membership } from './membership.ts';

/** A share that is taken again when the server dies under it. */
export class LastingShare {
  readonly #cluster: Cluster;
  readonly #released = new AbortController();
  #membership: Membership;
  /** Under way while the server is down. */
  #recovery: Promise<void> = Promise.resolve();

  private constructor(cluster: Cluster, membership: Membership) {
    this.#cluster = cluster;
    this.#membership = membership;
    this.#watch();
  }

  static async take(cluster: Cluster, signal: AbortSignal): Promise<LastingShare> {
    return new LastingShare(cluster, await bringUp(cluster, signal));
  }

  get membership(): Membership {
    return this.#membership;
  }

  async release(): Promise<void> {
    if (this.#released.signal.aborted) return;
    this.#released.abort();
    await this.#recovery;
    await leave(this.#membership, this.#cluster.folders).catch(() => undefined);
  }

  #watch(): void {
    this.#membership.once('end', () => {
      if (!this.#released.signal.aborted) this.#recovery = this.#recover();
    });
  }

  async #recover(): Promise<void> {
    try {
      this.#membership = await bringUp(this.#cluster, this.#released.signal);
      this.#watch();
    } catch {
      // It does not come up again: whoever uses it learns that from its own connections.
    }
  }
}
