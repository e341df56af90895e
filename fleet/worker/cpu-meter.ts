/** Readings closer together than this share one measurement, milliseconds. */
const SHORTEST_MS = 1_000;

/** Share of one core that this process uses, over the time between readings. */
export class CpuMeter {
  #at = performance.now();
  #usage = process.cpuUsage();
  #share = 0;

  read(): number {
    const now = performance.now();
    if (now - this.#at >= SHORTEST_MS) {
      const { user, system } = process.cpuUsage(this.#usage);
      this.#share = (user + system) / 1_000 / (now - this.#at);
      this.#at = now;
      this.#usage = process.cpuUsage();
    }
    return this.#share;
  }
}
