import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { execa } from 'execa';

const model = path.join(import.meta.dirname, 'peers.pml');

export interface Check {
  /** Rules to break, and budgets: macros of the model. */
  readonly defines?: readonly string[];
  /** Safety: no assertion fails. Liveness: under weak fairness the task ends. */
  readonly mode: 'safety' | 'liveness';
  /** Worth a longer compilation when every state is visited; not when a violation is near. */
  readonly optimise?: boolean;
}

export interface Verdict {
  readonly holds: boolean;
  /** The assertion that failed, or `acceptance cycle` for a run that never ends. */
  readonly violation: string | undefined;
  readonly states: number;
}

const modes = {
  safety: { compile: ['-DSAFETY', '-DNOCLAIM'], run: [] },
  // Room for the fairness counters of 13 processes.
  liveness: { compile: ['-DNFAIR=5'], run: ['-a', '-f'] },
};

/** Explores every state of the model with spin, in a folder of its own. */
export async function check({ defines = [], mode, optimise = false }: Check): Promise<Verdict> {
  const cwd = await mkdtemp(path.join(os.tmpdir(), 'fleet-model-'));
  try {
    await execa('spin', [...defines.map((name) => `-D${name}`), '-a', model], { cwd });
    const compile = ['-w', optimise ? '-O2' : '-O0', '-DCOLLAPSE', ...modes[mode].compile];
    await execa('cc', [...compile, '-o', 'pan', 'pan.c'], { cwd });
    // -E: a worker that crashed stays where it was, which is no deadlock. -m: depth. -w: hash table.
    const { stdout } = await execa('./pan', ['-E', '-m100000', '-w22', ...modes[mode].run], {
      cwd,
    });
    return readVerdict(stdout);
  } finally {
    await rm(cwd, { recursive: true, force: true });
  }
}

function readVerdict(output: string): Verdict {
  const errors = /errors: (\d+)/.exec(output)?.[1];
  const states = /(\d+) states, stored/.exec(output)?.[1];
  if (errors === undefined || states === undefined || output.includes('max search depth too small'))
    throw new Error(`spin did not finish:\n${output}`);
  const violation = /pan:1: (?:assertion violated )?(.*?) \(at depth/.exec(output)?.[1]?.trim();
  return { holds: errors === '0', violation, states: Number(states) };
}
