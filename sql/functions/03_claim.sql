-- Claims up to p_slots tasks for a worker.
--
-- WHICH JOB. Among the jobs that are active, that this worker can do (kind, labels, memory) and that have
-- a claimable task, only those of the highest application priority and, within an application, of the
-- highest job priority take part. Among these a lottery draws: an application's chance is its weight, its
-- jobs share it equally. No state is shared, so claimers never wait for one another, and a job with
-- ten million tasks has no more tickets than one with ten. The draws are not random but the fractional
-- parts of n * golden ratio, n from a sequence: a low-discrepancy sequence (Weyl, 1916), whose counts
-- follow the weights within a few claims where coin tosses would need thousands. A job whose tasks are
-- all locked by others at this moment drops out and the draw is repeated: no slot stays empty while
-- anything is claimable.
--
-- WHICH TASK. The index task_claim in its order: priority, then the largest, then the oldest.
--
-- FRONT. Claimed tasks leave dead entries at the beginning of that index until vacuum comes, and vacuum
-- cannot come while any old snapshot is open: each claim would step over all that were claimed before.
-- So a session remembers for a second, per job, how far it got (the setting fleet.front) and starts there.
-- It is a hint only: a task that appears before the front (a retry, a higher priority) is found when the
-- second is over, or at once when there is nothing behind the front.
--
-- Planner switches: one generic plan, kept, because planning anew costs ten times what the claim does (and
-- Postgres would: a LIMIT that it knows looks so much cheaper than one that it does not); and no plan but
-- the index, which is right at every size.
create or replace function fleet.claim(p_worker bigint, p_slots integer)
returns table (
  task bigint, fence bigint, job text, kind text, parameters jsonb, config_hash text, output text,
  volume text, version text, input_version text, rerun integer, attempt integer, max_attempts integer,
  max_page_failure_rate double precision, part_pages integer, part_ms integer, parts jsonb)
language plpgsql security definer set search_path = fleet, pg_temp
set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_bitmapscan = off as $$
#variable_conflict use_column
declare
  v_worker  fleet.worker;
  v_left    integer := p_slots;
  v_jobs    text[];
  v_shares  double precision[];
  v_quotas  integer[];
  v_spent   text[] := '{}';
  v_front   jsonb := fleet.read_front();
  v_ids     bigint[];
  v_last    bigint[];
  v_claimed bigint[] := '{}';
  v_index   integer;
  v_take    integer;
  v_got     integer;
begin
  select w.* into v_worker from fleet.worker w join fleet.lease l on l.worker = w.id
  where w.id = p_worker and l.expires_at > fleet.now();
  if not found then
    raise exception 'worker % has no live lease', p_worker
      using errcode = 'FL001', hint = 'Send a heartbeat; register again if it answers unknown.';
  end if;
  if v_worker.state <> 'active' then
    return;
  end if;

  perform fleet.promote();

  while v_left > 0 loop
    select c.jobs, c.shares, c.quotas into v_jobs, v_shares, v_quotas
    from fleet.claimable_jobs(v_worker, v_spent, v_front) c;
    if v_jobs is null then
      exit when v_front = '{}';
      -- Nothing behind the fronts: look before them.
      v_front := '{}';
      v_spent := '{}';
      continue;
    end if;

    while v_left > 0 and cardinality(v_jobs) > 0 loop
      v_index := fleet.draw(v_shares);
      -- One job takes part: it may have all the slots. Several: one slot a draw, so that the shares hold.
      v_take := case when cardinality(v_jobs) = 1 then v_left else greatest(1, v_left / 8) end;
      if v_quotas[v_index] is not null then
        v_take := least(v_take, fleet.quota_left(v_jobs[v_index], v_quotas[v_index]));
      end if;

      with picked as materialized (
        -- The rows that nobody else is claiming, in claim order, locked.
        select t.id, -t.priority as priority, -t.size as size from fleet.task t
        where t.job = v_jobs[v_index] and t.state = 'ready' and t.due
          and (-t.priority, -t.size, t.id) >= (
            coalesce((v_front -> v_jobs[v_index] ->> 0)::integer, -2147483648),
            coalesce((v_front -> v_jobs[v_index] ->> 1)::bigint, -9223372036854775808),
            coalesce((v_front -> v_jobs[v_index] ->> 2)::bigint, 0))
        order by -t.priority, -t.size, t.id
        limit v_take
        for no key update skip locked
      ), claimed as (
        -- By array, not by join: a nested loop could run the locking select twice and claim too much.
        update fleet.task t
        set state = 'running', worker = p_worker, fence = nextval('fleet.fence'),
            attempt = t.attempt + 1, claimed_at = fleet.now()
        where t.id = any (array(select id from picked))
      )
      select array_agg(p.id),
             (array_agg(array[p.priority, p.size, p.id] order by p.priority desc, p.size desc, p.id desc))[1:1][1:3]
      into v_ids, v_last
      from picked p;

      v_got := coalesce(cardinality(v_ids), 0);
      v_left := v_left - v_got;
      if v_got > 0 then
        v_claimed := v_claimed || v_ids;
        v_front := v_front || jsonb_build_object(v_jobs[v_index], to_jsonb(v_last) -> 0);
      end if;
      if v_got < v_take or v_take = 0 then
        v_spent := v_spent || v_jobs[v_index];
        v_jobs := v_jobs[:v_index - 1] || v_jobs[v_index + 1:];
        v_shares := v_shares[:v_index - 1] || v_shares[v_index + 1:];
        v_quotas := v_quotas[:v_index - 1] || v_quotas[v_index + 1:];
      end if;
    end loop;
  end loop;

  if v_claimed <> '{}' then
    -- Until this claim is committed nobody ends the lease: recovery would not see the tasks, and a task held
    -- without a lease would never be recovered. Beats are not held up.
    perform from fleet.lease where worker = p_worker for key share;
    if not found then
      raise exception 'the lease of worker % ended while it claimed', p_worker
        using errcode = 'FL001', hint = 'Register again.';
    end if;
    perform fleet.keep_front(v_front);
    return query
    select t.id, t.fence, t.job, j.kind, j.parameters, j.config_hash, j.output, t.volume, t.version, t.input_version,
           t.rerun, t.attempt, j.max_attempts, j.max_page_failure_rate, j.part_pages,
           (extract(epoch from j.part_interval) * 1000)::integer,
           case when t.attempt > 1 then fleet.parts_of(t.id) else '[]'::jsonb end
    from fleet.task t join fleet.job j on j.name = t.job
    where t.id = any (v_claimed);
  end if;
end
$$;

-- How far this session's claims got within the last second, by job: {"job": [-priority, -size, id], …}.
create or replace function fleet.read_front()
returns jsonb
language plpgsql stable security definer set search_path = fleet, pg_temp as $$
declare
  v_front jsonb := nullif(current_setting('fleet.front', true), '')::jsonb;
begin
  -- No job has an empty name: under it stands when the oldest entry was made.
  if v_front is null or (v_front ->> '')::double precision < extract(epoch from clock_timestamp()) - 1 then
    return '{}';
  end if;
  return v_front;
end
$$;

create or replace function fleet.keep_front(p_front jsonb)
returns void
language sql volatile security definer set search_path = fleet, pg_temp as $$
  select set_config('fleet.front',
    (jsonb_build_object('', extract(epoch from clock_timestamp())) || p_front)::text, false)
$$;

-- The jobs that take part in a claim's lottery, with their shares (any sum) and their applications'
-- quotas; null arrays when there are none. p_spent: jobs that had nothing free a moment ago; p_front: where to
-- look from.
create or replace function fleet.claimable_jobs(p_worker fleet.worker, p_spent text[], p_front jsonb)
returns table (jobs text[], shares double precision[], quotas integer[])
language sql stable security definer set search_path = fleet, pg_temp as $$
  with claimable as (
    select j.name, j.priority, a.name as application, a.priority as tier, a.weight, a.quota
    from fleet.job j join fleet.application a on a.name = j.application
    where j.state = 'active' and a.state = 'active'
      and j.kind = any (p_worker.kinds)
      and j.labels <@ p_worker.labels
      and (j.memory_mb = 0 or j.memory_mb <= p_worker.memory_mb)
      and j.name <> all (p_spent)
      -- A probe of the claim's index, never a count.
      and (select true from fleet.task t
           where t.job = j.name and t.state = 'ready' and t.due
             and (-t.priority, -t.size, t.id) >= (
               coalesce((p_front -> j.name ->> 0)::integer, -2147483648),
               coalesce((p_front -> j.name ->> 1)::bigint, -9223372036854775808),
               coalesce((p_front -> j.name ->> 2)::bigint, 0))
           order by -t.priority, -t.size, t.id limit 1)
  ), ranked as (
    select *, max(tier) over () as top_tier, max(priority) over (partition by application) as top_priority
    from claimable
  ), admitted as (
    select name, quota, weight / count(*) over (partition by application) as share
    from ranked where tier = top_tier and priority = top_priority
  )
  select array_agg(name order by name), array_agg(share order by name), array_agg(quota order by name)
  from admitted
$$;

-- Draws an index (from 1) with chances in proportion to the shares.
create or replace function fleet.draw(p_shares double precision[])
returns integer
language plpgsql volatile security definer set search_path = fleet, pg_temp as $$
declare
  v_point double precision;
  v_sum double precision := 0;
begin
  if cardinality(p_shares) = 1 then
    return 1;
  end if;
  v_point := nextval('fleet.draw') * 0.6180339887498949::double precision;
  v_point := (v_point - floor(v_point)) * (select sum(s) from unnest(p_shares) s);
  for v_index in 1 .. cardinality(p_shares) loop
    v_sum := v_sum + p_shares[v_index];
    if v_point < v_sum then
      return v_index;
    end if;
  end loop;
  return cardinality(p_shares);
end
$$;

-- How many more tasks the job's application may run now. Claimers of one application with a quota wait
-- for one another here until they commit: without that two could both take the last place.
create or replace function fleet.quota_left(p_job text, p_quota integer)
returns integer
language plpgsql volatile security definer set search_path = fleet, pg_temp as $$
declare
  v_application text;
begin
  select application into v_application from fleet.job where name = p_job;
  perform pg_advisory_xact_lock(hashtextextended('fleet quota ' || v_application, 0));
  return greatest(0, p_quota - (
    select coalesce(sum(y.tasks), 0)
    from fleet.tally y join fleet.job j on j.name = y.job
    where j.application = v_application and y.state = 'running'));
end
$$;

-- The committed parts of a task as JSON, in page order.
create or replace function fleet.parts_of(p_task bigint)
returns jsonb
language sql stable security definer set search_path = fleet, pg_temp as $$
  select coalesce(jsonb_agg(jsonb_build_object(
    'number', number, 'fence', fence::text, 'firstPage', first_page, 'pages', pages, 'failed', failed,
    'key', key, 'bytes', bytes, 'sha256', sha256) order by number), '[]')
  from fleet.part where task = p_task
$$;

-- Makes claimable what has waited long enough for its run_at.
create or replace function fleet.promote()
returns integer
language plpgsql security definer set search_path = fleet, pg_temp as $$
declare
  v_promoted integer;
begin
  if not exists (select from fleet.task where state = 'ready' and not due and run_at <= fleet.now()) then
    return 0;
  end if;
  with waiting as materialized (
    select id from fleet.task
    where state = 'ready' and not due and run_at <= fleet.now()
    order by run_at limit 1000
    for no key update skip locked
  )
  update fleet.task set due = true where id = any (array(select id from waiting));
  get diagnostics v_promoted = row_count;
  return v_promoted;
end
$$;
