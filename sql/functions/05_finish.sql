-- How attempts end. Every function here is fenced, writes the attempt's row in the same transaction,
-- and returns the tasks that were still the caller's. Held by p_worker implies running, by constraint.

-- running -> done. Arrays: a worker that buffered several completions sends them in one round trip.
-- Planner switches: by primary key always, whatever the statistics say of a table that changes this fast.
create or replace function fleet.complete(
  p_worker bigint, p_tasks bigint[], p_fences bigint[], p_figures jsonb[])
returns setof bigint
language plpgsql security definer set search_path = fleet, pg_temp
set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off as $$
declare
  v_done bigint[];
begin
  with report as materialized (
    select * from unnest(p_tasks, p_fences, p_figures) as r(task, fence, figures)
  ), finished as (
    update fleet.task t
    set state = 'done', worker = null, finished_at = fleet.now(), error = null, error_code = null,
        pages = coalesce((r.figures ->> 'pages')::integer, t.pages),
        pages_failed = coalesce((r.figures ->> 'failed')::integer, t.pages_failed)
    from report r
    where t.id = r.task and t.fence = r.fence and t.worker is not distinct from p_worker
    returning t.id, t.attempt, t.fence, t.job, t.claimed_at, r.figures
  ), recorded as (
    insert into fleet.attempt (task, number, fence, job, worker, worker_name, started_at, finished_at, outcome, figures)
    select f.id, f.attempt, f.fence, f.job, p_worker, (select name from fleet.worker where id = p_worker),
           f.claimed_at, fleet.now(), 'done', f.figures
    from finished f
  )
  select array_agg(id) into v_done from finished;

  perform fleet.count_pages(v_done);
  return query select unnest(v_done);
end
$$;

-- Adds the pages of finished tasks that no part has reported yet to fleet.pace, and forgets the parts (the
-- rows: their files are deleted by the worker that published).
create or replace function fleet.count_pages(p_tasks bigint[])
returns void
language plpgsql security definer set search_path = fleet, pg_temp
set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off as $$
begin
  if not exists (select from fleet.task where id = any (p_tasks) and pages is not null) then
    return;
  end if;
  with swept as (
    delete from fleet.part where task = any (p_tasks) returning task, pages, failed
  ), reported as (
    select task, sum(pages) as pages, sum(failed) as failed from swept group by task
  )
  insert into fleet.pace (job, minute, pages, failed)
  select t.job, date_trunc('minute', fleet.now()), sum(t.pages - coalesce(r.pages, 0)),
         sum(coalesce(t.pages_failed, 0) - coalesce(r.failed, 0))
  from fleet.task t left join reported r on r.task = t.id
  where t.id = any (p_tasks) and t.pages is not null
  group by t.job
  having sum(t.pages - coalesce(r.pages, 0)) > 0;
end
$$;

-- running -> ready (later) or dead. p_failure: {retryable, stage, code, message, figures, retryAfterMs,
-- discardParts}. The parts stay for the next attempt to resume after, unless they are what is wrong (too many
-- failed pages). Returns the new state, null when the task was not the caller's any more.
create or replace function fleet.fail(p_worker bigint, p_task bigint, p_fence bigint, p_failure jsonb)
returns text
language plpgsql security definer set search_path = fleet, pg_temp as $$
declare
  v_task fleet.task;
begin
  select * into v_task from fleet.task
  where id = p_task and fence = p_fence and worker is not distinct from p_worker
  for no key update;
  if not found then
    return null;
  end if;
  perform fleet.record_attempt(v_task, 'failed', p_failure);
  if (p_failure ->> 'discardParts')::boolean then
    delete from fleet.part where task = p_task;
  end if;
  return fleet.set_back(v_task, coalesce((p_failure ->> 'retryable')::boolean, true),
                        p_failure ->> 'code', p_failure ->> 'message',
                        (p_failure ->> 'retryAfterMs')::double precision * interval '1 millisecond');
end
$$;

-- running -> ready, at once and uncounted: the worker is leaving, nothing went wrong with the task.
create or replace function fleet.release(p_worker bigint, p_tasks bigint[], p_fences bigint[], p_reason text)
returns setof bigint
language plpgsql security definer set search_path = fleet, pg_temp as $$
declare
  v_task fleet.task;
begin
  for v_task in
    -- Not a join: a task that is named twice is handed back once.
    select t.* from fleet.task t
    where t.id = any (p_tasks) and (t.id, t.fence) in (select * from unnest(p_tasks, p_fences))
      and t.worker is not distinct from p_worker
    order by t.id
    for no key update of t
  loop
    perform fleet.record_attempt(v_task, 'interrupted',
      jsonb_build_object('retryable', true, 'code', 'INTERRUPTED', 'message', p_reason));
    update fleet.task set state = 'ready', worker = null, due = true, run_at = fleet.now() where id = v_task.id;
    return next v_task.id;
  end loop;
end
$$;

-- The attempt of a task that is running until now.
create or replace function fleet.record_attempt(p_task fleet.task, p_outcome text, p_failure jsonb)
returns void
language sql security definer set search_path = fleet, pg_temp as $$
  insert into fleet.attempt (task, number, fence, job, worker, worker_name, started_at, finished_at, outcome,
                             retryable, stage, error_code, error, figures)
  values (p_task.id, p_task.attempt, p_task.fence, p_task.job, p_task.worker,
          (select name from fleet.worker where id = p_task.worker), p_task.claimed_at, fleet.now(), p_outcome,
          (p_failure ->> 'retryable')::boolean, p_failure ->> 'stage', p_failure ->> 'code',
          left(p_failure ->> 'message', 4000), p_failure -> 'figures')
$$;

-- A counted failure of a running task: ready again after a delay that doubles with each failure, or dead.
-- Jitter of half to one and a half keeps a thousand volumes that failed together from coming back together.
create or replace function fleet.set_back(
  p_task fleet.task, p_retryable boolean, p_code text, p_message text, p_delay interval)
returns text
language plpgsql security definer set search_path = fleet, pg_temp as $$
declare
  v_job fleet.job;
  v_delay interval;
  v_state text;
begin
  select * into v_job from fleet.job where name = p_task.job;
  v_delay := coalesce(p_delay,
    least(v_job.retry_limit, v_job.retry_base * power(2, least(p_task.failures, 30))) * (0.5 + random()));
  v_state := case when not p_retryable or p_task.failures + 1 >= v_job.max_attempts then 'dead' else 'ready' end;
  update fleet.task
  set state = v_state, worker = null, failures = p_task.failures + 1,
      run_at = case when v_state = 'ready' then fleet.now() + v_delay else run_at end,
      due = v_state = 'dead' or v_delay <= '0',
      finished_at = case when v_state = 'dead' then fleet.now() end,
      error_code = p_code, error = left(p_message, 4000)
  where id = p_task.id;
  return v_state;
end
$$;
