import type { Meaning } from './palette.ts';

/** What the state of a job, task or worker means to its reader; nothing for an ordinary one. */
export function meaningOfState(state: string): Meaning | undefined {
  switch (state) {
    case 'done':
    case 'active':
      return 'good';
    case 'running':
      return 'name';
    case 'blocked':
    case 'paused':
    case 'draining':
    case 'silent':
      return 'warning';
    case 'dead':
    case 'lost':
    case 'failed':
      return 'bad';
    case 'cancelled':
    case 'stopped':
      return 'quiet';
    default:
      return undefined;
  }
}
