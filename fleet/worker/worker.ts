import type { ClaimedTask } from '../queue/protocol/claim.ts';
import { countOpenWork } from '../queue/protocol/open-work.ts';
import type { Registration } from '../queue/protocol/register.ts';
import { Alarm } from './alarm.ts';
import { type Claimant, claimLoop } from './claim-loop.ts';
import { Claimer } from './claimer.ts';
import type { WorkerContext } from './context.ts';
import type { Heart } from './heartbeat/heart.ts';
import type { HeartBeat } from './heartbeat/messages.ts';
import { endTasks, HAND_BACK_MS, within } from './leave.ts';
import * as life from './life.ts';
import { Membership } from './membership.ts';
import { spreadMs } from './spread.ts';
import { sweepLoop } from './sweep-loop.ts';
import { TaskTable } from './task-table.ts';

/** How long peers with idle threads have the right of way before a spare slot is filled. */
const SPARE_SLOT_MS = 1_000;

export interface WorkerParts {
  readonly context: WorkerContext;
  readonly heart: Heart;
  /** How long a statement may run, milliseconds. */
  readonly statementMs: number;
  /** Fires the context's deadline. */
  readonly expireDeadline: () => void;
}

/** One peer: claims, runs what it claimed, does its share of the fleet's chores, leaves in order. */
export class Worker implements Claimant {
  readonly alarm = new Alarm();
  readonly tasks: TaskTable;
  readonly membership: Membership;
  readonly #parts: WorkerParts;
  readonly #claimer: Claimer;
  /** Fires when it is to leave: no claim begins after. */
  readonly #leaving = new AbortController();
  #life = life.born;
  #healthy = true;
  /** Live workers of the fleet, this one among them. */
  #workers = 1;
  /** By the monotonic clock. */
  #spareFrom = 0;
  #trouble: string | undefined;

  constructor(parts: WorkerParts) {
    const { context, heart } = parts;
    const { database, log } = context;
    this.#parts = parts;
    this.membership = new Membership(parts);
    this.tasks = new TaskTable({
      context,
      heart,
      onTaken: () => this.#countTasks(),
      onSettled: () => {
        this.#countTasks();
        this.alarm.ring();
      },
      onUntold: () => this.#claimer.doubt(),
    });
    this.#claimer = new Claimer({
      database,
      known: () => this.tasks.list.map(({ claimed }) => claimed.task),
      statementMs: parts.statementMs,
      onDisowned: (tasks) => log.warn({ tasks }, 'handed back tasks that it did not know it held'),
    });
    heart.events.on('beat', (beat) => this.#onBeat(beat));
    heart.events.on('failing', (message) => this.#onBeatFailing(message));
    heart.events.on('expired', () => this.#onExpired());
    heart.events.on('died', (error) => this.sicken(error.message));
  }

  get life(): life.Life {
    return this.#life;
  }

  /** False once it could not go on. */
  get healthy(): boolean {
    return this.#healthy;
  }

  /** Why heartbeats do not get through; undefined while they do. */
  get trouble(): string | undefined {
    return this.#trouble;
  }

  /** Fires when it is to leave. */
  get leaving(): AbortSignal {
    return this.#leaving.signal;
  }

  /** Works until it is told to leave, then leaves. Throws what registering throws. */
  async run(registration: Registration, abort: AbortSignal): Promise<void> {
    const { options, database, log } = this.#parts.context;
    const stopping = AbortSignal.any([this.leaving, abort]);
    await this.membership.join(registration, stopping);
    if (!life.isLeaving(this.#life)) this.#life = life.start(this.#life);
    const chores = new AbortController();
    const swept = sweepLoop({
      database,
      workerId: () => this.membership.id,
      onWorkers: (workers) => {
        this.#workers = workers;
      },
      log,
      signal: chores.signal,
    });
    await claimLoop(this, { ...options, log, signal: stopping });
    await this.#leave(abort);
    chores.abort();
    await swept;
  }

  /** Tells it to leave; the first reason counts. */
  drain(reason: string): void {
    if (life.isLeaving(this.#life)) return;
    const { options, log } = this.#parts.context;
    log.info({ reason, graceMs: options.graceMs, tasks: this.tasks.size }, 'leaving');
    this.#life = life.drain(this.#life, reason, performance.now() + options.graceMs);
    this.#leaving.abort();
  }

  /** It can do no more work; it leaves with what it can still save. */
  sicken(reason: string): void {
    this.#parts.context.log.error({ reason }, 'unhealthy');
    this.#healthy = false;
    this.#life = life.sicken(this.#life, reason);
    this.#leaving.abort();
  }

  async fill(): Promise<number> {
    const { id } = this.membership;
    const wanted = this.#wanted();
    if (id === 0 || wanted <= 0 || !life.mayClaim(this.#life)) return 0;
    const claimed = await this.#claimer.claim(id, wanted);
    for (const task of claimed) this.#take(task, id);
    if (claimed.length === 0) await this.#leaveIfEmpty();
    else this.#holdBack();
    return claimed.length;
  }

  /**
   * As many volumes as threads are taken at once. Those that only keep the threads busy between two
   * volumes are taken one by one and later, so that a peer with nothing to do comes first.
   */
  #wanted(): number {
    const { options, pool } = this.#parts.context;
    const free = options.slots - this.tasks.size;
    const idleThreads = pool.threads - this.tasks.size;
    if (idleThreads > 0) return Math.min(free, idleThreads);
    return performance.now() < this.#spareFrom ? 0 : Math.min(free, 1);
  }

  #holdBack(): void {
    this.#spareFrom = performance.now() + SPARE_SLOT_MS;
    setTimeout(() => this.alarm.ring(), SPARE_SLOT_MS + 1);
  }

  /** What was claimed while it began to leave, or under a lease that was lost since, goes back. */
  #take(claimed: ClaimedTask, id: number): void {
    if (this.leaving.aborted || id !== this.membership.id) {
      this.tasks.handBack(claimed, id, 'the worker began to leave');
    } else {
      this.tasks.start(claimed, id);
    }
  }

  /** With `untilEmpty`, an idle worker whose kinds nobody has work for leaves. */
  async #leaveIfEmpty(): Promise<void> {
    const { context } = this.#parts;
    if (!context.options.untilEmpty || this.tasks.size > 0) return;
    const open = await countOpenWork(context.database, this.membership.id);
    if (open === 0 && this.tasks.size === 0) this.drain('nothing is left to do');
  }

  onReady(announced: string): void {
    setTimeout(() => this.alarm.ring(), spreadMs(announced, this.#workers, Math.random));
  }

  onControl(payload: string): void {
    if (payload === 'cancel' && this.tasks.size === 0) return;
    setTimeout(() => this.#parts.heart.beat(), spreadMs('', this.#workers, Math.random));
  }

  /** Whatever was announced before is looked for now. */
  onConnected(): void {
    this.alarm.ring();
    this.#parts.heart.beat();
  }

  #onBeat(beat: HeartBeat): void {
    this.#overTrouble();
    if (beat.worker !== this.membership.id) return;
    this.tasks.end(beat.lost, 'lost', 'another worker has the task now');
    this.tasks.end(beat.cancelled, 'cancelled', 'the task was cancelled');
    switch (beat.state) {
      case 'unknown':
        return this.#rejoin();
      case 'draining':
        return this.drain(beat.reason ?? 'an operator asked it to');
      case 'active':
      case 'paused':
        return this.#setPaused(beat.state === 'paused');
      default:
    }
  }

  #onBeatFailing(message: string): void {
    this.#trouble = message;
    this.#parts.context.log.warn({ reason: message }, 'heartbeats do not get through');
  }

  /** What runs goes on; whether it is still ours is asked before anything is published. */
  #onExpired(): void {
    this.#parts.context.log.warn(
      { tasks: this.tasks.size },
      'the lease is over without a heartbeat',
    );
  }

  #overTrouble(): void {
    if (this.#trouble === undefined) return;
    this.#trouble = undefined;
    this.#parts.context.log.info('heartbeats get through again');
    this.alarm.ring();
  }

  #setPaused(paused: boolean): void {
    const before = this.#life;
    this.#life = life.setPaused(before, paused);
    if (life.mayClaim(this.#life) && !life.mayClaim(before)) this.alarm.ring();
  }

  /** Its lease ran out and others took its tasks: it starts anew, as another worker. */
  #rejoin(): void {
    const { log } = this.#parts.context;
    log.warn({ tasks: this.tasks.size }, 'the lease was lost: registering anew');
    for (const task of this.tasks.list) task.end('lost', 'the lease was lost');
    this.membership.rejoin(this.leaving).then(
      () => this.alarm.ring(),
      (error: Error) => {
        if (!life.isLeaving(this.#life)) this.sicken(`it cannot register: ${error.message}`);
      },
    );
  }

  #countTasks(): void {
    this.#life = life.occupy(this.#life, this.tasks.size);
  }

  async #leave(abort: AbortSignal): Promise<void> {
    if (!life.isLeaving(this.#life)) this.drain('it was told to stop at once');
    const { context, heart, expireDeadline } = this.#parts;
    const { graceMs } = context.options;
    const reason = 'reason' in this.#life ? this.#life.reason : '';
    await endTasks({
      reason: `the worker is leaving: ${reason}`,
      graceMs: this.#healthy ? graceMs : 0,
      abort,
      tasks: () => this.tasks.list,
      settled: this.tasks.settled(),
      expireDeadline,
    });
    await heart.stop();
    await within(this.#takeLeave(reason), HAND_BACK_MS);
    this.#life = life.stop(this.#life);
  }

  async #takeLeave(reason: string): Promise<void> {
    const { deadline, log } = this.#parts.context;
    try {
      await this.membership.leave(reason, deadline);
    } catch (error) {
      log.warn({ err: error }, 'could not take leave: the lease will run out');
    }
  }
}
