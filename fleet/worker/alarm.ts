/** A wait that can be cut short; a ring that nobody waits for cuts the next wait short. */
export class Alarm {
  #rung = false;
  #wake: (() => void) | undefined;

  ring(): void {
    this.#rung = true;
    this.#wake?.();
  }

  /** Returns at a ring (true) or after the time; `Infinity` milliseconds: at a ring only. */
  async wait(milliseconds: number): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined;
    if (!this.#rung) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
        if (milliseconds !== Infinity) timer = setTimeout(resolve, milliseconds);
      });
    }
    clearTimeout(timer);
    const rung = this.#rung;
    this.#wake = undefined;
    this.#rung = false;
    return rung;
  }
}
