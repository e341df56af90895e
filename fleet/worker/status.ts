import type { WorkerStatus } from '../status/status.ts';
import type { HeartGauges } from './heartbeat/gauges.ts';
import type { Life } from './life.ts';
import { memoryLimit } from './options.ts';
import type { RunningTask } from './running-task.ts';
import type { Totals } from './totals.ts';
import type { CpuMeter } from './cpu-meter.ts';

export interface StatusSource {
  readonly identity: Pick<
    WorkerStatus,
    'name' | 'host' | 'pid' | 'startedAt' | 'version' | 'versions' | 'slots' | 'threads'
  >;
  readonly id: number;
  readonly life: Life;
  readonly tasks: Iterable<RunningTask>;
  readonly totals: Totals;
  readonly gauges: HeartGauges;
  readonly cpu: CpuMeter;
  readonly database: WorkerStatus['database'];
}

/** What the worker says of itself now. */
export function workerStatus(source: StatusSource): WorkerStatus {
  const { identity, id, life, gauges } = source;
  const { rss, heapUsed, external } = process.memoryUsage();
  return {
    ...identity,
    worker: identity.name,
    id,
    state: life.state,
    ...reasonOf(life),
    tasks: [...source.tasks].map((task) => task.status()),
    ...source.totals.status(),
    memory: { rss, heapUsed, external, limit: memoryLimit() },
    cpu: source.cpu.read(),
    lease: {
      expiresInMs: gauges.expiresInMs,
      lastBeatMsAgo: Math.max(0, gauges.lastBeatMsAgo),
    },
    database: source.database,
  };
}

function reasonOf(life: Life): { reason?: string } {
  if ('reason' in life) return { reason: life.reason };
  return 'paused' in life && life.paused ? { reason: 'paused' } : {};
}
