import { tasksWhere, type Job, type Task, type World } from './world.ts';

type Ended = 'done' | 'dead' | 'cancelled';

/** A task of this job on the same volume and version that is in one of the states. */
function exists(
  tasks: Iterable<Task>,
  need: string,
  on: Pick<Task, 'volume' | 'version'>,
  states: readonly Ended[],
): boolean {
  for (const task of tasks) {
    const sameVersion =
      task.version === on.version || (on.version !== '' && task.inputVersion === on.version);
    if (
      task.job === need &&
      task.volume === on.volume &&
      sameVersion &&
      states.some((state) => state === task.state)
    )
      return true;
  }
  return false;
}

function needsMet(job: Job, on: Pick<Task, 'volume' | 'version'>, tasks: Iterable<Task>): boolean {
  const enough: Ended[] = job.onNeedFailed === 'release' ? ['done', 'dead', 'cancelled'] : ['done'];
  const known = [...tasks];
  return job.needs.every((need) => exists(known, need, on, enough));
}

export function isMet(world: World, task: Task): boolean {
  return needsMet(jobOf(world, task), task, world.tasks.values());
}

export function jobOf(world: World, task: Task): Job {
  const job = world.jobs.get(task.job);
  if (job === undefined) throw new Error(`no job ${task.job}`);
  return job;
}

function isHopeless(world: World, task: Task): boolean {
  const job = jobOf(world, task);
  return (
    job.onNeedFailed === 'cancel' &&
    job.needs.some((need) => exists(world.tasks.values(), need, task, ['dead', 'cancelled']))
  );
}

/** Blocked tasks on these volumes whose needs are met become ready; hopeless ones end. */
export function settle(world: World, volumes: ReadonlySet<string>): void {
  const waiting = tasksWhere(world, (t) => t.state === 'blocked' && volumes.has(t.volume)).map(
    (task) => ({ task, met: isMet(world, task), hopeless: isHopeless(world, task) }),
  );
  statement(world, () => {
    for (const { task, met, hopeless } of waiting) {
      if (!met && !hopeless) continue;
      task.state = met ? 'ready' : 'cancelled';
      task.runAt = Math.max(task.runAt, world.clock);
      task.due = task.runAt <= world.clock;
    }
  });
}

/** Ready tasks on these volumes whose needs are not met any more are blocked again. */
export function hold(world: World, volumes: ReadonlySet<string>, job?: string): void {
  for (const task of world.tasks.values()) {
    if (task.state !== 'ready' || !volumes.has(task.volume)) continue;
    if ((job === undefined || task.job === job) && !isMet(world, task)) task.state = 'blocked';
  }
}

/** Applies one SQL statement's change of tasks, then what must follow from it at once. */
export function statement(world: World, change: () => void): void {
  const before = new Map([...world.tasks.values()].map((task) => [task.id, task.state]));
  change();
  const changed = [...world.tasks.values()].filter(
    (task) => before.has(task.id) && before.get(task.id) !== task.state,
  );
  const reopened = changed.filter((task) => {
    const was = before.get(task.id);
    return (task.state === 'ready' && was !== 'blocked') || was === 'dead' || was === 'cancelled';
  });
  const ended = changed.filter((task) => ['done', 'dead', 'cancelled'].includes(task.state));
  if (reopened.some((task) => isNeeded(world, task) || jobOf(world, task).needs.length > 0))
    hold(world, volumesOf(reopened));
  if (ended.some((task) => isNeeded(world, task))) settle(world, volumesOf(ended));
}

function isNeeded(world: World, task: Task): boolean {
  return [...world.jobs.values()].some((job) => job.needs.includes(task.job));
}

function volumesOf(tasks: readonly Task[]): Set<string> {
  return new Set(tasks.map((task) => task.volume));
}
