import { isMet, jobOf, statement } from './needs.ts';
import { tasksWhere, type Outcome, type Task, type Worker, type World } from './world.ts';

/** Records the attempt of a running task that ends now, and takes the task from its worker. */
function endAttempt(world: World, task: Task, outcome: Outcome): void {
  if (task.worker === null || task.fence === null) throw new Error(`task ${task.id} is not held`);
  world.attempts.push({
    task: task.id,
    number: task.attempt,
    fence: task.fence,
    worker: task.worker,
    outcome,
  });
  task.worker = null;
}

export function completeTasks(
  world: World,
  finished: readonly Task[],
  figures: { readonly pages: number | undefined; readonly failed: number },
): void {
  statement(world, () => {
    for (const task of finished) {
      endAttempt(world, task, 'done');
      task.state = 'done';
      task.pages = figures.pages ?? task.pages;
      task.pagesFailed = figures.failed;
      world.parts = world.parts.filter((part) => part.task !== task.id);
    }
  });
}

/** running → ready at once, uncounted. */
export function releaseTask(world: World, task: Task): void {
  statement(world, () => {
    endAttempt(world, task, 'interrupted');
    task.state = 'ready';
    task.due = true;
    task.runAt = world.clock;
  });
}

/** A counted failure. `delay`: milliseconds, or the job's own back-off. */
export function failTask(
  world: World,
  task: Task,
  how: {
    readonly outcome: 'failed' | 'lost';
    readonly retryable: boolean;
    readonly delay: number | undefined;
  },
): void {
  const job = jobOf(world, task);
  const backOff = job.retryBase * 2 ** task.failures;
  statement(world, () => {
    endAttempt(world, task, how.outcome);
    task.failures += 1;
    task.state = !how.retryable || task.failures >= job.maxAttempts ? 'dead' : 'ready';
    task.due = task.state === 'dead' || (how.delay !== undefined && how.delay <= 0);
    if (task.state === 'dead') return;
    if (how.delay === undefined) {
      task.runAtWithin = [world.clock + backOff / 2, world.clock + backOff * 1.5];
    } else {
      task.runAt = world.clock + how.delay;
    }
  });
}

export function cancelTasks(world: World, tasks: readonly Task[]): void {
  statement(world, () => {
    for (const task of tasks) {
      if (task.state === 'running') endAttempt(world, task, 'cancelled');
      task.state = 'cancelled';
    }
  });
}

/** What an operator's `update … set state = 'ready'` and a redrive do. */
export function reopenTasks(world: World, tasks: readonly Task[]): void {
  statement(world, () => {
    const met = new Map(tasks.map((task) => [task.id, isMet(world, task)]));
    for (const task of tasks) {
      if (task.state === 'running') endAttempt(world, task, 'interrupted');
      task.state = met.get(task.id) === true ? 'ready' : 'blocked';
      task.failures = 0;
      task.runAt = world.clock;
      task.due = true;
    }
  });
}

export function promote(world: World): void {
  for (const task of world.tasks.values()) {
    if (task.state === 'ready' && task.runAt <= world.clock) task.due = true;
  }
}

/** Takes back the tasks of expired leases, if the worker that asks has had its own for long enough. */
export function recover(world: World, asking: Worker): void {
  const own = asking.lease;
  if (own === undefined || own.expiresAt <= world.clock || own.since > world.clock - own.ttl)
    return;
  for (const worker of world.workers.values()) {
    if (worker.lease === undefined || worker.lease.expiresAt >= world.clock) continue;
    for (const task of tasksWhere(world, (t) => t.worker === worker.id)) {
      const delay = task.failures === 0 ? 0 : undefined;
      failTask(world, task, { outcome: 'lost', retryable: true, delay });
    }
    worker.lease = undefined;
    worker.state = 'lost';
  }
}
