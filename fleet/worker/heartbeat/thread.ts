import { parentPort, workerData } from 'node:worker_threads';
import { BeatConnection } from './connection.ts';
import { HeartGauges } from './gauges.ts';
import { beatUntilStopped, type HeartPort } from './beating.ts';
import type { HeartData, ToHeart } from './messages.ts';

/** The heartbeat thread: nothing else runs here, so nothing can hold a beat up. */
const data = workerData as HeartData;
const port = parentPort;
if (port === null) throw new Error('The heartbeat is a thread of the worker, not a program.');

const connection = new BeatConnection({
  url: data.url,
  applicationName: data.applicationName,
  role: data.role,
  pooled: data.pooled,
  // A beat that hangs leaves time for another one on a new connection before the lease is over.
  timeoutMs: Math.max(100, (data.leaseMs - data.beatMs) / 2),
});
const heartPort: HeartPort = {
  post: (message) => port.postMessage(message),
  onMessage: (receive) => port.on('message', (message: ToHeart) => receive(message)),
};
await beatUntilStopped({
  ...data,
  connection,
  port: heartPort,
  gauges: new HeartGauges(data.gauges),
});
connection.close();
port.close();
