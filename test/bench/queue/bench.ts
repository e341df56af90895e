import { manyWorkers } from './many-workers.ts';
import { enqueueByFile } from './enqueue-by-file.ts';
import { kill } from './kill.ts';
import { listenerReturn } from './listener-return.ts';
import { cancel } from './cancel.ts';
import { pickup } from './pickup.ts';
import { claimWithHistory } from './claim-with-history.ts';
import { enqueueBySql } from './enqueue-by-sql.ts';
import { heartbeatWal } from './heartbeat-wal.ts';
import { pinnedSnapshot } from './pinned-snapshot.ts';
import type { Bench } from '../frame/measure.ts';
import { drainBatched } from './drain-batched.ts';
import { drainSingly } from './drain-singly.ts';
import { openQueueContext, type QueueContext } from './context.ts';

/** The task table beside other queues on the same Postgres. */
export const queueBench: Bench<QueueContext> = {
  measures: [
    drainBatched,
    drainSingly,
    claimWithHistory,
    pickup,
    cancel,
    kill,
    listenerReturn,
    heartbeatWal,
    pinnedSnapshot,
    enqueueBySql,
    enqueueByFile,
    manyWorkers,
  ],
  open: openQueueContext,
};
