import type { JobRow, TaskState } from '../model/queries.ts';
import type { WorkerCondition } from '../model/snapshot.ts';
import type { Tone } from './theme.ts';

export const taskTones: Readonly<Record<TaskState, Tone>> = {
  blocked: 'muted',
  ready: 'waiting',
  running: 'busy',
  done: 'good',
  dead: 'bad',
  cancelled: 'ended',
};

export const workerTones: Readonly<Record<WorkerCondition, Tone>> = {
  running: 'good',
  idle: 'waiting',
  starting: 'busy',
  paused: 'warning',
  draining: 'warning',
  unhealthy: 'bad',
  unreachable: 'bad',
  lost: 'bad',
  stopped: 'muted',
};

export const jobTones: Readonly<Record<JobRow['state'], Tone>> = {
  active: 'good',
  paused: 'warning',
  cancelled: 'ended',
};
