import { availableParallelism, cpus, totalmem } from 'node:os';

/** Where the figures come from: they mean little on another machine. */
export interface Machine {
  readonly cpus: number;
  readonly model: string;
  /** Bytes. */
  readonly memory: number;
  readonly node: string;
  readonly postgres: string | null;
}

export function describeMachine(postgres: string | null): Machine {
  return {
    cpus: availableParallelism(),
    model: cpus()[0]?.model.trim() ?? 'unknown',
    memory: totalmem(),
    node: process.versions.node,
    postgres,
  };
}
