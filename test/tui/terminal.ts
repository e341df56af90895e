import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import pty from '@lydell/node-pty';
import xterm from '@xterm/headless';

const root = fileURLToPath(new URL('../../', import.meta.url));
const built = `${root}node_modules/.cache/fleet-top-test/test/tui/live-entry.js`;

/** Builds what runs in the terminal: Node cannot run .tsx files unbuilt. */
export async function buildLiveEntry(): Promise<void> {
  await promisify(execFile)(`${root}node_modules/.bin/tsc`, [
    '-p',
    `${root}test/tui/tsconfig.json`,
  ]);
}

export interface TerminalOptions {
  readonly columns?: number;
  readonly rows?: number;
  readonly env?: NodeJS.ProcessEnv;
}

/** `fleet top` in a pseudo-terminal, and the terminal emulator that shows its screen. */
export class TerminalSession {
  readonly screen: InstanceType<typeof xterm.Terminal>;
  readonly #process: pty.IPty;
  readonly #exit = Promise.withResolvers<number>();
  readonly #changed = new Set<() => void>();
  /** Everything that was written to the terminal. */
  written = '';

  constructor(
    args: readonly string[],
    { columns = 80, rows = 24, env = {} }: TerminalOptions = {},
  ) {
    this.screen = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true });
    this.#process = pty.spawn(process.execPath, [built, ...args], {
      cols: columns,
      rows,
      name: 'xterm-256color',
      env: { ...process.env, CI: '', LANG: 'C.UTF-8', LC_ALL: '', NO_COLOR: '', ...env },
    });
    this.#process.onData((data) => {
      this.written += data;
      this.screen.write(data, () => this.#changed.forEach((look) => look()));
    });
    this.#process.onExit(({ exitCode, signal }) =>
      this.#exit.resolve(signal ? 128 + signal : exitCode),
    );
  }

  /** The lines of the screen, without blanks at their ends. */
  lines(): string[] {
    const { active } = this.screen.buffer;
    return Array.from({ length: this.screen.rows }, (_, row) =>
      (active.getLine(active.viewportY + row)?.translateToString(true) ?? '').trimEnd(),
    );
  }

  get text(): string {
    return this.lines().join('\n');
  }

  /** Settles when the screen shows what is looked for. */
  async until(seen: (text: string) => boolean, timeoutMs = 10_000): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const look = () => seen(this.text) && resolve();
    const timer = setTimeout(() => reject(new Error(`not shown:\n${this.text}`)), timeoutMs);
    this.#changed.add(look);
    look();
    try {
      await promise;
    } finally {
      clearTimeout(timer);
      this.#changed.delete(look);
    }
  }

  shows(text: string): Promise<void> {
    return this.until((screen) => screen.includes(text));
  }

  hides(text: string): Promise<void> {
    return this.until((screen) => !screen.includes(text));
  }

  press(keys: string): void {
    this.#process.write(keys);
  }

  resize(columns: number, rows: number): void {
    this.screen.resize(columns, rows);
    this.#process.resize(columns, rows);
  }

  kill(signal: NodeJS.Signals): void {
    this.#process.kill(signal);
  }

  /** The exit code, or 128 and the signal's number, once all output has been shown. */
  async exited(): Promise<number> {
    const code = await this.#exit.promise;
    await new Promise<void>((resolve) => this.screen.write('', resolve));
    return code;
  }

  /** For sessions that a failed test left running. */
  end(): void {
    try {
      this.#process.kill('SIGKILL');
    } catch {
      // It had ended.
    }
  }
}
