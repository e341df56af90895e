-- The invariants of fleet.task, kept whatever client writes.

-- One row at a time, and only when the WHEN conditions below say that there is something to do: a plain
-- insert of a canonical row runs no code here.
create or replace function fleet.check_new_task()
returns trigger
language plpgsql security definer set search_path = fleet, pg_temp as $$
begin
  if new.state <> 'ready' then
    raise exception 'a task cannot be inserted as %', new.state
      using errcode = 'FL002', hint = 'Leave state out: it becomes ready, or blocked while a job that it needs is not done.';
  end if;
  new.volume := fleet.canonical_volume(new.volume);
  new.due := new.run_at <= fleet.now();
  return new;
end
$$;

-- A volume URI as it is stored: s3://bucket/prefix/ or file:///path/, one slash at the end.
create or replace function fleet.canonical_volume(p_volume text)
returns text
language plpgsql immutable set search_path = fleet, pg_temp as $$
declare
  v_volume text := case when p_volume like '/%' then 'file://' || p_volume else p_volume end;
begin
  v_volume := regexp_replace(v_volume, '/*$', '/');
  if v_volume !~ '^(s3://[a-z0-9][a-z0-9.-]+/|file:///)' or v_volume ~ '[[:cntrl:]]' or v_volume ~ '/\.\.?/' then
    raise exception 'volume % is not a URI that can be read', quote_literal(p_volume)
      using errcode = 'FL003', hint = 'Write s3://bucket/prefix/ or file:///path/, without . or .. segments.';
  end if;
  return v_volume;
end
$$;

create or replace trigger task_check_new before insert on fleet.task
for each row
when (new.state <> 'ready' or new.run_at > new.created_at
      or new.volume !~ '^(s3://[a-z0-9][a-z0-9.-]+/|file:///)[^[:cntrl:]]*(?<=/)$' or new.volume ~ '/\.{0,2}/$|/\.\.?/')
execute function fleet.check_new_task();

-- Transitions that an operator makes by UPDATE. The protocol's own functions run as fleet_owner and keep
-- the rules themselves.
create or replace function fleet.check_transition()
returns trigger
language plpgsql security definer set search_path = fleet, pg_temp as $$
begin
  if new.state = 'cancelled' and old.state in ('blocked', 'ready', 'running')
     or new.state = 'ready' and old.state in ('dead', 'cancelled', 'running') then
    if old.state = 'running' then
      -- The fence stays on the row: its owner's next heartbeat finds the task cancelled, or lost.
      perform fleet.record_attempt(old, case when new.state = 'cancelled' then 'cancelled' else 'interrupted' end,
        jsonb_build_object('message', 'by an operator'));
      new.worker := null;
    end if;
    if new.state = 'cancelled' then
      new.finished_at := fleet.now();
    else
      new.finished_at := null;
      new.failures := 0;
      new.run_at := fleet.now();
      new.due := true;
      if not (select fleet.needs_met(j, old.volume, old.version) from fleet.job j where j.name = old.job) then
        new.state := 'blocked';
      end if;
    end if;
    return new;
  end if;
  raise exception 'task % cannot go from % to %', old.id, old.state, new.state
    using errcode = 'FL002',
      hint = case when old.state = 'done' then 'A done task stays done. To do it again: select fleet.rerun(job, volume)'
                  else 'By hand: blocked, ready or running -> cancelled; dead, cancelled or running -> ready.' end;
end
$$;

create or replace trigger task_check_transition before update of state on fleet.task
for each row
when (old.state <> new.state and current_user <> 'fleet_owner')
execute function fleet.check_transition();

create or replace function fleet.reschedule_task()
returns trigger
language plpgsql security definer set search_path = fleet, pg_temp as $$
begin
  new.due := new.run_at <= fleet.now();
  return new;
end
$$;

create or replace trigger task_reschedule before update of run_at on fleet.task
for each row
when (old.run_at <> new.run_at and old.state = 'ready' and new.state = 'ready' and current_user <> 'fleet_owner')
execute function fleet.reschedule_task();

create or replace function fleet.check_task_delete()
returns trigger
language plpgsql security definer set search_path = fleet, pg_temp as $$
begin
  raise exception 'task % is running and cannot be deleted', old.id
    using errcode = 'FL002', hint = 'Cancel it first: update fleet.task set state = ''cancelled'' where id = …';
end
$$;

create or replace trigger task_check_delete before delete on fleet.task
for each row when (old.state = 'running')
execute function fleet.check_task_delete();

-- Whole statements. Counts, blocking, release and wake-ups happen here, once a statement
-- however many rows it touched and whoever sent it.

create or replace function fleet.after_insert()
returns trigger
language plpgsql security definer set search_path = fleet, pg_temp as $$
declare
  v_unknown text;
  v_jobs text[];
  v_claimable bigint;
begin
  -- The inserted rows are read once.
  with groups as materialized (
    select job, state, count(*) as tasks, count(*) filter (where due) as due from inserted group by job, state
  ), counted as (
    insert into fleet.tally (job, state, tasks, pages, sized) select job, state, tasks, 0, 0 from groups
  )
  select array_agg(job), sum(due), string_agg(job, ', ') filter (
           where not exists (select from fleet.job j where j.name = groups.job))
  into v_jobs, v_claimable, v_unknown
  from groups;
  if v_unknown is not null then
    raise exception 'no such job: %', v_unknown
      using errcode = 'FL003', hint = 'select name from fleet.job shows what exists; fleet job create makes one.';
  end if;

  if exists (select from fleet.job where needs <> '{}' and name = any (v_jobs)) then
    -- Locks the needed tasks first: one that is being completed at this moment is waited for, so that it
    -- is seen either here as done or by its completion as waiting.
    perform from fleet.task n join fleet.job j on n.job = any (j.needs)
      join inserted i on i.job = j.name and i.volume = n.volume
    order by n.id for share of n;
    update fleet.task t set state = 'blocked'
    from inserted i join fleet.job j on j.name = i.job
    where t.id = i.id and j.needs <> '{}' and not fleet.needs_met(j, i.volume, i.version);
    if exists (select from fleet.job where needs <> '{}' and on_need_failed = 'cancel' and name = any (v_jobs)) then
      -- What they need may have ended dead or cancelled already.
      perform fleet.settle(array(select distinct i.volume from inserted i join fleet.job j on j.name = i.job
                                 where j.needs <> '{}' and j.on_need_failed = 'cancel'));
    end if;
    v_claimable := (select count(*) from inserted i join fleet.task t on t.id = i.id where t.state = 'ready' and t.due);
  end if;

  if v_claimable > 0 then
    perform pg_notify('fleet_ready', v_claimable::text);
  end if;
  return null;
end
$$;

create or replace trigger task_after_insert after insert on fleet.task
referencing new table as inserted
for each statement execute function fleet.after_insert();

create or replace function fleet.after_update()
returns trigger
language plpgsql security definer set search_path = fleet, pg_temp as $$
declare
  v_claimable bigint;
  v_stopped boolean;
  v_ended text[];
  v_left boolean;
  v_reopened text[];
begin
  -- Old rows count down, new rows count up: no join, so a statement over a million rows costs what it must.
  with change as materialized (
    select job, state, due, sum(n) as tasks, sum(n * pages) as pages, sum(n * sized) as sized
    from (select job, state, due, 1 as n, coalesce(pages, 0) as pages, (pages is not null)::integer as sized from updated
          union all
          select job, state, due, -1, coalesce(pages, 0), (pages is not null)::integer from outdated) as effects
    group by job, state, due
  ), counted as (
    insert into fleet.tally (job, state, tasks, pages, sized)
    select job, state, sum(tasks), sum(pages), sum(sized) from change group by job, state
    having sum(tasks) <> 0 or sum(pages) <> 0 or sum(sized) <> 0
  )
  select sum(greatest(tasks, 0)) filter (where state = 'ready' and due),
         sum(tasks) filter (where state = 'cancelled') > 0 and sum(tasks) filter (where state = 'running') < 0,
         array_agg(distinct job) filter (where state in ('done', 'dead', 'cancelled') and tasks > 0),
         bool_or(state in ('running', 'dead', 'cancelled') and tasks < 0),
         array_agg(distinct job) filter (where state in ('ready', 'blocked') and tasks > 0)
  into v_claimable, v_stopped, v_ended, v_left, v_reopened
  from change;

  if v_left and v_reopened is not null and exists (
    select from fleet.job where needs <> '{}' and (name = any (v_reopened) or needs && v_reopened)) then
    perform fleet.hold(array(
      select distinct volume from updated where job = any (v_reopened) and state in ('ready', 'blocked')));
  end if;

  if v_ended is not null and exists (select from fleet.job where needs <> '{}' and needs && v_ended) then
    perform fleet.settle(array(
      select distinct volume from updated where job = any (v_ended) and state in ('done', 'dead', 'cancelled')));
  end if;
  if v_claimable > 0 then
    perform pg_notify('fleet_ready', v_claimable::text);
  end if;
  if v_stopped then
    perform pg_notify('fleet_control', 'cancel');
  end if;
  return null;
end
$$;

create or replace trigger task_after_update after update on fleet.task
referencing old table as outdated new table as updated
for each statement execute function fleet.after_update();

create or replace function fleet.after_delete()
returns trigger
language plpgsql security definer set search_path = fleet, pg_temp as $$
begin
  insert into fleet.tally (job, state, tasks, pages, sized)
  select job, state, -count(*), -sum(coalesce(pages, 0)), -count(pages) from deleted group by job, state;
  return null;
end
$$;

create or replace trigger task_after_delete after delete on fleet.task
referencing old table as deleted
for each statement execute function fleet.after_delete();
