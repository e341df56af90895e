import { hostname } from 'node:os';
import type { Logger } from 'pino';
import type { ReadingPool } from '../inference/reading-pool.ts';
import type { Kind } from '../kinds/kind.ts';
import { openDatabase } from '../queue/database.ts';
import { createListener, type Listener } from '../queue/listen/listener.ts';
import type { Registration } from '../queue/protocol/register.ts';
import type { Health } from '../status/health.ts';
import { createStatusServer, type StatusServer } from '../status/server.ts';
import type { WorkerStatus } from '../status/status.ts';
import { StoreOpener } from '../store/open.ts';
import { codeVersion } from './code-version.ts';
import type { WorkerContext } from './context.ts';
import { CpuMeter } from './cpu-meter.ts';
import { type Heart, startHeart } from './heartbeat/heart.ts';
import { HAND_BACK_MS, within } from './leave.ts';
import { isLeaving, type Life, mayClaim } from './life.ts';
import type { WorkerOptions } from './options.ts';
import { workerStatus } from './status.ts';
import type { StopSignals } from './stop-signals.ts';
import { Totals } from './totals.ts';
import { Worker } from './worker.ts';

/** What a worker reads pages with. */
export interface Readers {
  /** By name. */
  readonly kinds: ReadonlyMap<string, Kind>;
  readonly pool: ReadingPool;
}

export interface WorkerSurroundings {
  readonly log: Logger;
  readonly stops: StopSignals;
  readonly readers: Readers;
}

/** How a worker ended. */
export interface WorkerReport {
  readonly reason: string;
  /** False when it left because it could not go on. */
  readonly healthy: boolean;
  readonly tasksDone: number;
  readonly tasksFailed: number;
}

/** A safeguard: every statement of the protocol takes milliseconds. */
const STATEMENT_MS = 10_000;

/**
 * One peer, from its registration until it is told to leave (`stops`), an operator drains it, or,
 * with `untilEmpty`, nothing is left to do. A database that is away is waited for.
 *
 * Closes the reading pool. Throws `DATABASE_NOT_MIGRATED`, `CONFIG_INVALID` (the status address) and
 * `REFUSED` (the database user may not act as a worker).
 */
export async function runWorker(
  options: WorkerOptions,
  surroundings: WorkerSurroundings,
): Promise<WorkerReport> {
  const { stops } = surroundings;
  const closing = new AbortController();
  const peer = assemble(options, surroundings);
  const { worker } = peer;
  const onDrain = () => worker.drain(`it got ${String(stops.drain.reason)}`);
  stops.drain.addEventListener('abort', onDrain);
  if (stops.drain.aborted) onDrain();
  try {
    if (options.listen) listen(peer, closing.signal);
    const server = await serveStatus(peer, closing.signal);
    await worker.run(registrationOf(peer, server.url), stops.abort);
  } catch (error) {
    if (!worker.leaving.aborted && !stops.abort.aborted) throw error;
  } finally {
    stops.drain.removeEventListener('abort', onDrain);
    closing.abort();
    await within(close(peer), HAND_BACK_MS);
  }
  const { tasksDone, tasksFailed } = peer.context.totals.status().totals;
  const reason = 'reason' in worker.life ? worker.life.reason : 'it was told to stop at once';
  return { reason, healthy: worker.healthy, tasksDone, tasksFailed };
}

interface Peer {
  readonly worker: Worker;
  readonly heart: Heart;
  readonly context: WorkerContext;
  readonly startedAt: Date;
  listener?: Listener;
}

function assemble(options: WorkerOptions, { log, readers }: WorkerSurroundings): Peer {
  const { leaseMs, beatMs } = options;
  const address = addressOf(options);
  const heart = startHeart({ ...address, leaseMs, beatMs });
  const database = openDatabase({
    ...address,
    size: Math.min(16, options.slots + 3),
    statementTimeoutMs: STATEMENT_MS,
    onError: (error) => log.debug({ err: error }, 'an idle database connection broke'),
  });
  const deadline = new AbortController();
  const context: WorkerContext = {
    ...readers,
    options,
    database,
    stores: new StoreOpener(),
    totals: new Totals(() => heart.gauges.addPage()),
    log,
    codeVersion: codeVersion(),
    deadline: deadline.signal,
  };
  const worker = new Worker({
    context,
    heart,
    statementMs: STATEMENT_MS,
    expireDeadline: () => deadline.abort(),
  });
  return { worker, heart, context, startedAt: new Date() };
}

function addressOf({ databaseUrl, databaseRole, name, listen }: WorkerOptions) {
  return {
    url: databaseUrl,
    role: databaseRole,
    pooled: !listen,
    applicationName: `fleet ${name}`,
  };
}

function listen(peer: Peer, signal: AbortSignal): void {
  const { worker, context } = peer;
  const { database, log, options } = context;
  peer.listener = createListener({
    ...addressOf(options),
    notify: async (channel, payload) => {
      await database.query('select pg_notify($1, $2)', [channel, payload]);
    },
    onReady: (announced) => worker.onReady(announced),
    onControl: (payload) => worker.onControl(payload),
    onConnected: () => worker.onConnected(),
    signal,
    log,
  });
}

async function serveStatus(peer: Peer, closing: AbortSignal): Promise<StatusServer> {
  const { worker, context } = peer;
  const { statusHost, statusPort, statusToken } = context.options;
  const cpu = new CpuMeter();
  const server = await createStatusServer({
    host: statusHost,
    port: statusPort,
    token: statusToken,
    source: () => statusOf(peer, cpu),
    ready: () => readiness(worker.life),
    metrics: context.totals.metrics,
    log: context.log,
  });
  closing.addEventListener('abort', () => void server.close());
  return server;
}

function readiness(life: Life): Health {
  if (mayClaim(life)) return { ok: true };
  return { ok: false, reason: isLeaving(life) ? 'it is leaving' : `it is ${life.state}` };
}

function statusOf(peer: Peer, cpu: CpuMeter): WorkerStatus {
  const { worker, heart, context, startedAt, listener } = peer;
  const { options, pool, totals } = context;
  const { trouble } = worker;
  return workerStatus({
    identity: {
      name: options.name,
      host: hostname(),
      pid: process.pid,
      startedAt: startedAt.toISOString(),
      version: context.codeVersion,
      versions: { node: process.versions.node },
      slots: options.slots,
      threads: pool.threads,
    },
    id: worker.membership.id,
    life: worker.life,
    tasks: worker.tasks.list,
    totals,
    gauges: heart.gauges,
    cpu,
    database: {
      connected: trouble === undefined,
      listening: listener?.state === 'listening',
      ...(trouble === undefined ? {} : { lastError: trouble }),
    },
  });
}

function registrationOf({ context }: Peer, statusUrl: string): Registration {
  const { name, labels, memoryMb, slots } = context.options;
  return {
    name,
    host: hostname(),
    pid: process.pid,
    version: context.codeVersion,
    kinds: [...context.kinds.keys()],
    labels,
    memoryMb,
    slots,
    statusUrl,
    info: { node: process.versions.node, threads: context.pool.threads },
  };
}

async function close({ heart, listener, context }: Peer): Promise<void> {
  const { pool, database, stores } = context;
  await Promise.allSettled([heart.stop(), listener?.finished, pool.close()]);
  await database.close();
  stores.close();
}
