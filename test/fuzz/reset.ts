import type { Session } from './session.ts';
import { newWorld, workerKinds, type World } from './world/world.ts';

export const leaseMs = 60_000;

const tables = ['part', 'attempt', 'task', 'lease', 'worker', 'opened_volume', 'tally', 'pace'];

/** Once a database: the jobs, and a function that sets everything back, its plans kept. */
export async function prepare(session: Session): Promise<void> {
  if ((await session.value("select to_regproc('public.set_back')")) !== null) return;
  await session.script("insert into fleet.setting values ('allow_test_clock', 'true')");
  await session.script("insert into fleet.application (name, quota) values ('other', 2)");
  for (const job of newWorld().jobs.values()) {
    await session.value(
      `insert into fleet.job (name, kind, output, needs, on_need_failed, max_attempts, retry_base)
       values ($1, $2, 'file:///out/', $3, $4, $5, $6 * interval '1 millisecond')`,
      job.name,
      job.kind,
      job.needs,
      job.onNeedFailed,
      job.maxAttempts,
      job.retryBase,
    );
  }
  await session.script(`
    create table public.job_before as select name, needs, on_need_failed from fleet.job;
    create table public.application_before as select name, quota from fleet.application;
    create function public.set_back(p_truncating boolean) returns void language plpgsql as $$
    begin
      -- No triggers: running tasks may be deleted.
      perform set_config('session_replication_role', 'replica', true);
      -- Deleting is ten times as fast as truncating; truncating now and then gives the space back.
      if p_truncating then
        truncate ${tables.map((table) => `fleet.${table}`).join(', ')};
      end if;
      ${tables.map((table) => `delete from fleet.${table};`).join('\n      ')}
      update fleet.job j
      set state = 'active', priority = 0, needs = b.needs, on_need_failed = b.on_need_failed
      from public.job_before b
      where b.name = j.name and (j.state, j.priority, j.needs, j.on_need_failed)
        is distinct from ('active', 0, b.needs, b.on_need_failed);
      update fleet.application a set state = 'active', priority = 0, quota = b.quota
      from public.application_before b
      where b.name = a.name and (a.state, a.priority, a.quota) is distinct from ('active', 0, b.quota);
      perform set_config('fleet.front', '', false);
    end $$`);
}

/** An empty table, the jobs as they were, the first workers. */
export async function reset(session: Session, truncating: boolean): Promise<World> {
  const world = newWorld();
  await session.setClock(world.clock);
  await session.value('select public.set_back($1)', truncating);
  await registerWorkers(world, session, workerKinds);
  return world;
}

export async function registerWorkers(
  world: World,
  session: Session,
  kinds: readonly (readonly string[])[],
): Promise<void> {
  const about = { name: 'w', host: 'test', pid: 1, version: 'test', slots: 3 };
  const ids = await session.value<number[]>(
    `select json_agg(fleet.register(w, $2 * interval '1 millisecond')) from unnest($1::text[]::jsonb[]) w`,
    kinds.map((each) => JSON.stringify({ ...about, kinds: each })),
    leaseMs,
  );
  for (const [index, id] of ids.entries()) {
    const lease = { since: world.clock, expiresAt: world.clock + leaseMs, ttl: leaseMs };
    world.workers.set(id, { id, kinds: kinds[index] ?? [], state: 'active', lease });
  }
}
