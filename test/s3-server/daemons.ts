import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

/** Children of this process that do not outlive it. */
export class Daemons {
  readonly #children: ChildProcess[] = [];
  readonly #killAll = (): void => {
    for (const child of this.#children) child.kill('SIGKILL');
  };

  constructor() {
    process.once('exit', this.#killAll);
  }

  start(program: string, args: readonly string[]): void {
    this.#children.push(spawn(program, args, { stdio: 'ignore' }));
  }

  /** Without ceremony: what they hold is thrown away. */
  async stop(): Promise<void> {
    process.off('exit', this.#killAll);
    const running = this.#children.filter(
      (child) => child.exitCode === null && child.signalCode === null,
    );
    const ends = running.map(async (child) => once(child, 'exit'));
    this.#killAll();
    await Promise.all(ends);
  }
}
