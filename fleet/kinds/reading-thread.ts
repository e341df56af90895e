/** The program of a reading thread: runs the tasks that its pool sends, one after the other. */
import { parentPort, workerData } from 'node:worker_threads';
import '../inference/telemetry-off.ts';
import type {
  FromThread,
  Results,
  Task,
  ThreadSettings,
  ToThread,
} from '../inference/threads/messages.ts';
import { toWire } from '../inference/threads/wire-error.ts';
import { OpenedKinds } from './opened-kinds.ts';

const kinds = new OpenedKinds(workerData as ThreadSettings);
let inHand = new AbortController();

parentPort?.on('message', (message: ToThread) => {
  if (message.type === 'abort') inHand.abort();
  else void answer(message.task);
});

async function answer(task: Task): Promise<void> {
  inHand = new AbortController();
  const message: FromThread = await run(task, inHand.signal).then(
    (result) => ({ ok: true, result }),
    (error: unknown) => ({ ok: false, error: toWire(error) }),
  );
  parentPort?.postMessage(message, []);
}

async function run(task: Task, signal: AbortSignal): Promise<Results[Task['type']]> {
  if (task.type === 'close') {
    await kinds.close();
    return undefined;
  }
  const reader = await kinds.reader(task.spec, signal);
  return task.type === 'models' ? reader.models : await reader.read(task.page, signal);
}
