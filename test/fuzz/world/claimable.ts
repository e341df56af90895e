import type { Application, Job, Task, Worker, World } from './world.ts';

/** A job as a claim sees it: what it may give, in the order in which it must give it. */
interface Offer {
  readonly job: Job;
  readonly application: Application;
  readonly tasks: readonly Task[];
}

/** A claim's answer. */
export interface Claimed {
  readonly slots: number;
  readonly tasks: ReadonlySet<number>;
  /** Nothing was remembered from the session's earlier claims, which may pass over what is new. */
  readonly fresh: boolean;
}

/**
 * Was this a right answer? Which job the lottery draws is free; that only the first tasks of the
 * highest priorities are taken, within quotas, and that no slot stays empty while something is
 * claimable, is not. Call it before the tasks are marked as running.
 */
export function assertRightClaim(world: World, worker: Worker, answer: Claimed): void {
  const { slots, tasks: claimed } = answer;
  const offers = offersTo(world, worker);
  const offered = new Set(offers.flatMap((offer) => offer.tasks.map((task) => task.id)));
  for (const id of claimed) {
    if (!offered.has(id)) throw new Error(`task ${id} was claimed and is not claimable`);
  }
  if (claimed.size > slots)
    throw new Error(`${claimed.size} tasks were claimed for ${slots} slots`);
  for (const offer of offers) {
    if (answer.fresh) assertOrder(offer, claimed);
    assertQuota(world, offer, claimed);
    assertNothingBetterLeft(world, offer, offers, answer);
  }
}

function offersTo(world: World, worker: Worker): Offer[] {
  const offers: Offer[] = [];
  for (const job of world.jobs.values()) {
    const application = world.applications.get(job.application);
    if (application === undefined || application.state !== 'active') continue;
    if (job.state !== 'active' || !worker.kinds.includes(job.kind)) continue;
    const tasks = [...world.tasks.values()]
      .filter((task) => task.job === job.name && task.state === 'ready' && task.due)
      .toSorted((a, b) => b.priority - a.priority || b.size - a.size || a.id - b.id);
    if (tasks.length > 0) offers.push({ job, application, tasks });
  }
  return offers;
}

function assertOrder({ job, tasks }: Offer, claimed: ReadonlySet<number>): void {
  const took = tasks.filter((task) => claimed.has(task.id)).length;
  if (tasks.slice(0, took).some((task) => !claimed.has(task.id)))
    throw new Error(`the tasks of ${job.name} were not claimed in their order`);
}

function assertQuota(world: World, { application }: Offer, claimed: ReadonlySet<number>): void {
  const added = taken(world, application, claimed);
  if (added > 0 && added > quotaLeft(world, application))
    throw new Error(`application ${application.name} runs more than its quota`);
}

function assertNothingBetterLeft(
  world: World,
  left: Offer,
  offers: readonly Offer[],
  { slots, tasks: claimed, fresh }: Claimed,
): void {
  const { application, job } = left;
  const exhausted =
    left.tasks.every((task) => claimed.has(task.id)) ||
    taken(world, application, claimed) >= quotaLeft(world, application);
  if (exhausted) return;
  if (claimed.size < slots) throw new Error(`a slot stayed empty while ${job.name} was claimable`);
  for (const other of fresh ? offers : []) {
    const isLower =
      other.application.priority < application.priority ||
      (other.application === application && other.job.priority < job.priority);
    if (isLower && other.tasks.some((task) => claimed.has(task.id)))
      throw new Error(`${other.job.name} was claimed before ${job.name}`);
  }
}

function taken(world: World, application: Application, claimed: ReadonlySet<number>): number {
  return [...claimed].filter((id) => applicationOf(world, id) === application.name).length;
}

function quotaLeft(world: World, application: Application): number {
  if (application.quota === undefined) return Number.POSITIVE_INFINITY;
  const running = [...world.tasks.values()].filter(
    (task) => task.state === 'running' && applicationOf(world, task.id) === application.name,
  );
  return Math.max(0, application.quota - running.length);
}

function applicationOf(world: World, task: number): string | undefined {
  return world.jobs.get(world.tasks.get(task)?.job ?? '')?.application;
}
