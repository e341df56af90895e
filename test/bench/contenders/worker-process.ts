import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { WorkerOptionsInput } from '../../../fleet/worker/options.ts';
import { until } from '../../harness/until.ts';

const tests = path.join(import.meta.dirname, '..', '..');
const program = path.join(tests, 'worker', 'worker-process.ts');
/** Kind `echo`, whose pages take as long as the job says. */
const kinds = [path.join(tests, 'fixtures', 'kinds', 'echo.mjs')];
/** Several start at once and share the cores. */
const PATIENCE_MS = 120_000;

interface LogLine {
  readonly msg: string;
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly task?: unknown;
}

/** A whole worker in a process of its own, known by what it logs. */
export interface WorkerProcess {
  /** The tasks that it has started, and when. */
  readonly claims: readonly LogLine[];
  /** Waits for a log line with this message. */
  said(message: string): Promise<unknown>;
  /** Waits until it has a task, and gives that. */
  claimed(): Promise<unknown>;
  /** SIGKILL; resolves when it has ended. */
  kill(): Promise<void>;
}

export function startWorkerProcess(options: WorkerOptionsInput): WorkerProcess {
  const child = spawn(process.execPath, [program, JSON.stringify({ ...options, kinds })], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  const lines: LogLine[] = [];
  const claims: LogLine[] = [];
  createInterface({ input: child.stdout }).on('line', (text) => {
    const line = JSON.parse(text) as LogLine;
    lines.push(line);
    if (line.msg === 'claimed a task') claims.push(line);
  });
  const said = (message: string) =>
    until(() => lines.some(({ msg }) => msg === message), {
      what: `${options.name} said "${message}"`,
      timeoutMs: PATIENCE_MS,
    });
  return {
    claims,
    said,
    async claimed() {
      await said('claimed a task');
      return claims[0]?.task;
    },
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}
