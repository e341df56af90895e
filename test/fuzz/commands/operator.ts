import * as fc from 'fast-check';
import { hold, settle } from '../world/needs.ts';
import { cancelTasks, reopenTasks } from '../world/transitions.ts';
import { jobNames, tasksWhere, type Job, type TaskState, type World } from '../world/world.ts';
import { index } from './arbitraries.ts';
import { assertAnswer, choose, command } from './command.ts';

const job = fc.constantFrom(...jobNames);
const open: readonly TaskState[] = ['blocked', 'ready', 'running'];

/** By hand: cancel, redo, take away; whatever else an operator writes is refused. */
export const setTaskState = fc
  .tuple(
    index,
    fc.constantFrom<TaskState>(
      'cancelled',
      'cancelled',
      'ready',
      'ready',
      'ready',
      'done',
      'running',
    ),
  )
  .map(([which, state]) =>
    command(`task ${which} shall be ${state}`, {
      applies: (world) => world.tasks.size > 0,
      async run(world, session) {
        const task = choose([...world.tasks.values()], which);
        const refusal = await session.refusal(
          'update fleet.task set state = $2 where id = $1',
          task.id,
          state,
        );
        const right =
          task.state === state ||
          (state === 'cancelled' && open.includes(task.state)) ||
          (state === 'ready' && ['dead', 'cancelled', 'running'].includes(task.state));
        assertAnswer('the update', refusal, right ? undefined : 'FL002');
        if (!right || task.state === state) return;
        if (state === 'ready') reopenTasks(world, [task]);
        else cancelTasks(world, [task]);
      },
    }),
  );

export const cancelWaiting = job.map((name) =>
  command(`cancel what waits of ${name}`, {
    async run(world, session) {
      await session.value(
        "update fleet.task set state = 'cancelled' where job = $1 and state in ('ready', 'blocked')",
        name,
      );
      cancelTasks(
        world,
        tasksWhere(world, (t) => t.job === name && ['ready', 'blocked'].includes(t.state)),
      );
    },
  }),
);

export const setTaskPriority = fc
  .tuple(index, fc.integer({ min: -1, max: 2 }))
  .map(([which, priority]) =>
    command(`task ${which} has priority ${priority}`, {
      applies: (world) => world.tasks.size > 0,
      async run(world, session) {
        const task = choose([...world.tasks.values()], which);
        await session.value('update fleet.task set priority = $2 where id = $1', task.id, priority);
        task.priority = priority;
      },
    }),
  );

export const reschedule = fc.tuple(index, fc.constantFrom(-1000, 0, 20_000)).map(([which, delay]) =>
  command(`task ${which} runs after ${delay} ms`, {
    applies: (world) => world.tasks.size > 0,
    async run(world, session) {
      const task = choose([...world.tasks.values()], which);
      const sql =
        "update fleet.task set run_at = fleet.now() + $2 * interval '1 millisecond' where id = $1";
      await session.value(sql, task.id, delay);
      const runAt = world.clock + delay;
      if (task.state === 'ready' && task.runAt !== runAt) task.due = delay <= 0;
      task.runAt = runAt;
    },
  }),
);

export const redrive = fc
  .tuple(job, fc.constantFrom<TaskState[]>(['dead'], ['dead', 'cancelled']))
  .map(([name, states]) =>
    command(`redrive ${states.join(', ')} of ${name}`, {
      async run(world, session) {
        const count = await session.value<string>('select fleet.redrive($1, $2)', name, states);
        const tasks = tasksWhere(world, (task) => task.job === name && states.includes(task.state));
        assertAnswer('redrive', Number(count), tasks.length);
        reopenTasks(world, tasks);
      },
    }),
  );

export const setJobState = fc
  .tuple(job, fc.constantFrom<Job['state']>('active', 'active', 'active', 'paused', 'cancelled'))
  .map(([name, state]) =>
    command(`job ${name} is ${state}`, {
      async run(world, session) {
        await session.value('update fleet.job set state = $2 where name = $1', name, state);
        const changed = known(world, name);
        if (changed.state === state) return;
        changed.state = state;
        if (state !== 'cancelled') return;
        cancelTasks(
          world,
          tasksWhere(world, (t) => t.job === name && open.includes(t.state)),
        );
      },
    }),
  );

export const setJobPriority = fc
  .tuple(job, fc.integer({ min: 0, max: 1 }))
  .map(([name, priority]) =>
    command(`job ${name} has priority ${priority}`, {
      async run(world, session) {
        await session.value('update fleet.job set priority = $2 where name = $1', name, priority);
        known(world, name).priority = priority;
      },
    }),
  );

/** Also refused ones, that would make a circle. */
export const setJobNeeds = fc
  .record({
    name: job,
    needs: fc.uniqueArray(job, { maxLength: 2 }),
    policy: fc.constantFrom<Job['onNeedFailed']>('hold', 'release', 'cancel'),
  })
  .map(({ name, needs, policy }) =>
    command(`job ${name} needs ${needs.join(', ') || 'nothing'} or else ${policy}`, {
      async run(world, session) {
        const sql = 'update fleet.job set needs = $2, on_need_failed = $3 where name = $1';
        const refusal = await session.refusal(sql, name, needs, policy);
        const circle = needs.some((need) => leadsTo(world, need, name));
        assertAnswer('the update', refusal, circle ? 'FL003' : undefined);
        if (refusal !== undefined) return;
        const changed = known(world, name);
        changed.needs = needs;
        changed.onNeedFailed = policy;
        reconsider(world, name);
      },
    }),
  );

function leadsTo(world: World, from: string, to: string): boolean {
  return from === to || known(world, from).needs.some((need) => leadsTo(world, need, to));
}

/** A job's needs changed: its waiting tasks follow. */
function reconsider(world: World, name: string): void {
  const waiting = (state: TaskState): Set<string> =>
    new Set(tasksWhere(world, (t) => t.job === name && t.state === state).map((t) => t.volume));
  hold(world, waiting('ready'), name);
  settle(world, waiting('blocked'));
}

export const setParameters = fc.tuple(job, fc.nat(2)).map(([name, value]) =>
  command(`job ${name} has parameters ${value}`, {
    async run(_world, session) {
      const sql = 'update fleet.job set parameters = $2 where name = $1';
      await session.value(sql, name, JSON.stringify({ value }));
    },
  }),
);

export const steerApplication = fc
  .record({
    name: fc.constantFrom('default', 'other'),
    state: fc.constantFrom<'active' | 'paused'>('active', 'active', 'paused'),
    priority: fc.constantFrom(0, 0, 1),
    quota: fc.constantFrom(undefined, 1, 2),
  })
  .map(({ name, state, priority, quota }) =>
    command(`application ${name}: ${state}, priority ${priority}, quota ${quota}`, {
      async run(world, session) {
        await session.value(
          'update fleet.application set state = $2, priority = $3, quota = $4 where name = $1',
          name,
          state,
          priority,
          quota,
        );
        const application = world.applications.get(name);
        if (application !== undefined) Object.assign(application, { state, priority, quota });
      },
    }),
  );

function known(world: World, name: string): Job {
  const found = world.jobs.get(name);
  if (found === undefined) throw new Error(`no job ${name}`);
  return found;
}
