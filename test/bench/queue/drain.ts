import { compare } from '../frame/alternate.ts';
import { ratioAtLeast } from '../frame/goal.ts';
import { row, type Row } from '../frame/measure.ts';
import type { QueueContext } from './context.ts';

/** A queue that can be filled with tasks that do nothing, and emptied. */
export interface Drainer {
  fill(tasks: number): Promise<void>;
  /** Does all the tasks; gives the seconds it took. */
  drain(tasks: number): Promise<number>;
  close(): Promise<void>;
}

export interface Queue {
  readonly name: string;
  /** Installs it in an empty database. */
  open(url: string): Promise<Drainer>;
}

export interface DrainSize {
  readonly name: string;
  readonly tasks: number;
  /** By how much ours must be faster than the better of the peers. */
  readonly factor: number;
}

/** How many tasks a second. Every reading begins with an empty database. */
export async function measureDrain(
  context: QueueContext,
  { name, tasks, factor }: DrainSize,
  ours: Queue,
  peers: readonly Queue[],
): Promise<Row> {
  const unit = 'tasks/s';
  const [own, ...others] = [ours, ...peers].map((queue) => ({
    name: queue.name,
    read: async () => tasks / (await secondsToDrain(context, queue, tasks)),
  }));
  if (own === undefined) throw new Error('nothing to drain');
  const comparison = await compare(context, unit, own, others);
  return row({ name, unit, ...comparison, goal: ratioAtLeast(factor) });
}

/** What goes on around the draining of a filled queue, in its database. */
export type Circumstance = (url: string, drain: () => Promise<number>) => Promise<number>;

const undisturbed: Circumstance = (_url, drain) => drain();

export function secondsToDrain(
  context: QueueContext,
  queue: Queue,
  tasks: number,
  under: Circumstance = undisturbed,
): Promise<number> {
  return context.withDatabase(async (url) => {
    const drainer = await queue.open(url);
    try {
      await drainer.fill(tasks);
      await context.settle(url);
      return await under(url, () => drainer.drain(tasks));
    } finally {
      await drainer.close();
    }
  });
}
