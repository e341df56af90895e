import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import type { Folders } from './folders.ts';
import { superuser } from './cluster.ts';
import { type Postmaster, readPostmaster, waitForEnd } from './postmaster.ts';

/**
 * A process's share in the server: a connection that holds an advisory lock, shared with the other
 * processes that use it. Whoever leaves and then gets the lock for itself alone was the last, and
 * stops the server while it holds the lock: a newcomer waits for the lock, loses its connection,
 * and starts the server again. A process that is killed gives its share back with its connection.
 */
export type Membership = Client;

/** Any number will do, as long as nothing else in the database `postgres` takes it: "flee". */
const lockKey = 0x666c6565;

/** Connects and takes a share. Rejects when the server is not ready, or leaves meanwhile. */
export async function join(folders: Folders, server: Postmaster): Promise<Membership> {
  const client = new Client({
    host: folders.socket,
    port: server.port,
    user: superuser,
    database: 'postgres',
    application_name: 'fleet (keeps the embedded server)',
    connectionTimeoutMillis: 10_000,
  });
  // Without a listener an error between two queries would end the process.
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('select pg_advisory_lock_shared($1)', [lockKey]);
    return client;
  } catch (error) {
    await client.end();
    throw error;
  }
}

/** Gives the share back, and stops the server if nobody else is connected to it. */
export async function leave(membership: Membership, folders: Folders): Promise<void> {
  try {
    if (await isLast(membership)) await stopServer(folders);
  } finally {
    await membership.end();
  }
}

async function isLast(membership: Membership): Promise<boolean> {
  await membership.query('select pg_advisory_unlock_shared($1)', [lockKey]);
  const { rows } = await membership.query<{ alone: boolean }>(
    'select pg_try_advisory_lock($1) as alone',
    [lockKey],
  );
  return rows[0]?.alone === true && !(await hasOtherClients(membership));
}

/**
 * Whether anybody without a share (psql, say) is connected. The server notices a closed connection
 * a moment after the client closed it, so the answer is given time to become no.
 */
async function hasOtherClients(membership: Membership): Promise<boolean> {
  for (let attempt = 0; attempt < 20; attempt++) {
    const { rows } = await membership.query(
      `select from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()`,
    );
    if (rows.length === 0) return false;
    await sleep(50);
  }
  return true;
}

/** SIGINT: end the sessions, write everything down, leave. */
async function stopServer(folders: Folders): Promise<void> {
  const server = await readPostmaster(folders);
  if (!server) return;
  process.kill(server.pid, 'SIGINT');
  await waitForEnd(server.pid, AbortSignal.timeout(60_000));
}
