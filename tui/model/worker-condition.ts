import type { Reach } from '../../fleet/status/gather.ts';
import type { WorkerRow } from './queries.ts';
import type { Endpoint, WorkerCondition, WorkerSnapshot } from './snapshot.ts';

/** Only workers that have not ended are asked. */
export function isAsked(worker: WorkerRow): worker is WorkerRow & { statusUrl: string } {
  return worker.statusUrl !== null && worker.state !== 'stopped' && worker.state !== 'lost';
}

/** `nowMs` on the clock of the sightings; `databaseNow` in milliseconds since 1970. */
export function toWorkerSnapshot(
  worker: WorkerRow,
  reach: Reach | undefined,
  nowMs: number,
  databaseNow: number,
): WorkerSnapshot {
  const endpoint = toEndpoint(worker, reach, nowMs);
  return {
    ...worker,
    condition: conditionOf(worker, endpoint),
    uptimeSeconds: Math.max(0, (databaseNow - Date.parse(worker.startedAt)) / 1000),
    endpoint,
  };
}

function toEndpoint(worker: WorkerRow, reach: Reach | undefined, nowMs: number): Endpoint {
  if (!isAsked(worker)) return { state: 'none' };
  if (reach === undefined) return { state: 'asked' };
  if (reach.state === 'ok' && reach.status.id === worker.id)
    return { state: 'ok', status: reach.status };
  // The address of a worker that is gone may have been given to another.
  if (reach.state === 'ok') {
    return {
      state: 'unreachable',
      error: `worker ${reach.status.name} answers at ${worker.statusUrl}`,
    };
  }
  const { error, lastSeen } = reach;
  if (lastSeen === undefined || lastSeen.status.id !== worker.id)
    return { state: 'unreachable', error };
  const ageSeconds = (nowMs - lastSeen.atMs) / 1000;
  return { state: 'unreachable', error, lastSeen: { status: lastSeen.status, ageSeconds } };
}

function conditionOf(worker: WorkerRow, endpoint: Endpoint): WorkerCondition {
  if (worker.state === 'stopped' || worker.state === 'lost') return worker.state;
  if (endpoint.state === 'unreachable') return 'unreachable';
  // Silent: neither its endpoint nor its heartbeat says that it lives.
  if (endpoint.state !== 'ok' && (worker.leaseSeconds ?? 0) < 0) return 'unreachable';
  if (endpoint.state === 'ok' && endpoint.status.state === 'unhealthy') return 'unhealthy';
  if (worker.state !== 'active') return worker.state;
  if (endpoint.state === 'ok') return endpoint.status.state;
  return worker.tasksRunning > 0 ? 'running' : 'idle';
}
