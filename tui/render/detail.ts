import type { WorkerStatus } from '../../fleet/status/status.ts';
import { jobKey, workerKey } from '../model/row-keys.ts';
import { taskStates } from '../model/queries.ts';
import type { FleetSnapshot, JobSnapshot, WorkerSnapshot } from '../model/snapshot.ts';
import { age, grouped } from './format.ts';
import { type Line, span } from './line.ts';
import { lastStatus } from './worker-cells.ts';

/** Two lines that say of the selected row what its columns have no room for. */
export function detailOf(snapshot: FleetSnapshot, selected: string | null): Line[] {
  const job = snapshot.jobs.find((job) => jobKey(job) === selected);
  if (job !== undefined) return jobDetail(job);
  const worker = snapshot.workers.find((worker) => workerKey(worker) === selected);
  return worker === undefined ? [] : workerDetail(worker);
}

function jobDetail({ name, kind, tasks, pagesDone, pagesFailed }: JobSnapshot): Line[] {
  const counts = taskStates.map((state) => `${grouped(tasks[state])} ${state}`).join(', ');
  return [
    [span(name, 'strong'), span(`  ${kind}`, 'muted'), span(`  tasks: ${counts}`)],
    [span(`${grouped(pagesDone)} pages read, ${grouped(pagesFailed)} of them failed`)],
  ];
}

function workerDetail(worker: WorkerSnapshot): Line[] {
  const status = lastStatus(worker);
  const timings = Object.entries(status?.timings ?? {}).map(
    ([step, milliseconds]) => `${step} ${Math.round(milliseconds)} ms`,
  );
  return [
    [span(worker.name, 'strong'), ...contact(worker, status), span(`  ${worker.host}`, 'muted')],
    [span(status?.tasks[0]?.volume ?? 'no task'), span(`  ${timings.join(', ')}`, 'muted')],
  ];
}

/** How it is reached, or why not. */
function contact(
  { endpoint, reason, statusUrl }: WorkerSnapshot,
  status: WorkerStatus | undefined,
): Line {
  if (endpoint.state === 'unreachable') {
    const { error, lastSeen } = endpoint;
    const seen = lastSeen ? `seen ${age(lastSeen.ageSeconds)} ago` : 'never seen';
    return [span(`  ${seen}`, 'warning'), span(`  ${error}`, 'bad')];
  }
  const why = reason ?? status?.reason;
  return [
    ...(why ? [span(`  ${why}`, 'warning')] : []),
    span(`  ${statusUrl ?? 'no status endpoint'}`, 'muted'),
  ];
}
