import { setTimeout as sleep } from 'node:timers/promises';
import type { Account } from './account.ts';
import { FleetError } from '../../errors/fleet-error.ts';
import type { Folders } from './folders.ts';
import { join, type Membership } from './membership.ts';
import { readPostmaster } from './postmaster.ts';
import type { Programs } from './programs.ts';
import { reasonIn } from './reason.ts';
import { cannotStart, type ServerOptions, type StartedServer, startServer } from './server.ts';

export interface Cluster {
  readonly folders: Folders;
  readonly programs: Programs;
  readonly account: Account;
  readonly options: ServerOptions;
}

/** Recovery after a crash of a large database takes a while; longer than this (ms) is a failure. */
const limit = 180_000;

/**
 * Takes a share in the cluster's server, starting it when there is none. Any number of processes
 * may do so at once: one of the started servers gets the cluster, the others end.
 */
export async function bringUp(cluster: Cluster, signal: AbortSignal): Promise<Membership> {
  const deadline = AbortSignal.any([signal, AbortSignal.timeout(limit)]);
  let started: Attempt | undefined;
  let lastError: unknown;
  try {
    for (let pause = 10; ; pause = Math.min(pause * 1.5, 250)) {
      if (started?.outcome instanceof FleetError) throw started.outcome;
      const server = await readPostmaster(cluster.folders);
      if (server) {
        const membership = await join(cluster.folders, server).catch((error: unknown) => {
          lastError = error;
        });
        if (membership) return membership;
      } else if (started?.outcome !== 'running') {
        started = await attempt(cluster);
      }
      await sleep(pause, undefined, { signal: deadline });
    }
  } catch (error) {
    if (started?.outcome === 'running') process.kill(started.server.pid, 'SIGINT');
    signal.throwIfAborted();
    if (FleetError.is(error)) throw error;
    const reason = `it was not ready after ${limit / 1000} s`;
    throw cannotStart(cluster.folders, reason, lastError ?? error);
  }
}

/** One start of the server. An error when there is no sense in another. */
interface Attempt {
  readonly server: StartedServer;
  outcome: 'running' | 'gave way' | FleetError;
}

async function attempt(cluster: Cluster): Promise<Attempt> {
  const { folders, programs, account, options } = cluster;
  const server = await startServer(folders, programs, account, options);
  const result: Attempt = { server, outcome: 'running' };
  void record(result, folders);
  return result;
}

async function record(attempt: Attempt, folders: Folders): Promise<void> {
  const output = await attempt.server.ended;
  attempt.outcome = gaveWay(output) ? 'gave way' : cannotStart(folders, reasonIn(output));
}

/**
 * Another server has the cluster, or has just left it: the remains of one that was killed hold its
 * shared memory for a moment.
 */
function gaveWay(output: string): boolean {
  return (
    /lock file ".*" (already exists|is empty)/.test(output) ||
    /pre-existing shared memory block/.test(output) ||
    (/database system is shut down\s*$/.test(output) && !/FATAL/.test(output))
  );
}
