-- The invariants of fleet.job and fleet.application.

create or replace function fleet.check_job()
returns trigger
language plpgsql security definer set search_path = fleet, pg_temp as $$
declare
  v_missing text;
  v_output constant text := new.output;
begin
  new.name := regexp_replace(new.name, '^default/', '');
  new.output := regexp_replace(case when new.output like '/%' then 'file://' || new.output else new.output end, '/*$', '/');
  if new.output !~ '^(s3://[a-z0-9][a-z0-9.-]+/|file:///)' then
    raise exception 'job %: output % is not a store URI', new.name, quote_literal(v_output)
      using errcode = 'FL003', hint = 'Write s3://bucket/prefix/ or file:///path/.';
  end if;
  new.config_hash := encode(sha256(convert_to(new.kind || ' ' || new.parameters::text, 'UTF8')), 'hex');
  new.updated_at := fleet.now();

  select string_agg(need, ', ') into v_missing
  from unnest(new.needs) need where not exists (select from fleet.job where name = need);
  if v_missing is not null then
    raise exception 'job % needs %, which does not exist', new.name, v_missing
      using errcode = 'FL003', hint = 'Create the needed job first.';
  end if;
  if new.needs <> '{}' and exists (
    with recursive upstream(name) as (
      select unnest(new.needs)
      union
      select unnest(j.needs) from fleet.job j join upstream u on j.name = u.name
    ) select from upstream where name = new.name) then
    raise exception 'job % would need itself', new.name
      using errcode = 'FL003', hint = 'Its needs lead back to it: take one of them out.';
  end if;
  return new;
end
$$;

create or replace trigger job_check before insert or update on fleet.job
for each row execute function fleet.check_job();

-- A cancelled job ends its open tasks; a resumed one is announced.
create or replace function fleet.after_job_state()
returns trigger
language plpgsql security definer set search_path = fleet, pg_temp as $$
begin
  if new.state = 'cancelled' then
    -- One statement: a task that is claimed at this moment is cancelled with its attempt or not at all.
    with open as materialized (
      select * from fleet.task where job = new.name and state in ('blocked', 'ready', 'running')
      order by id for no key update
    ), recorded as (
      select fleet.record_attempt(open::fleet.task, 'cancelled', jsonb_build_object('message', 'the job was cancelled'))
      from open where state = 'running'
    )
    update fleet.task set state = 'cancelled', worker = null, finished_at = fleet.now()
    where id = any (array(select id from open)) and (select count(*) from recorded) >= 0;
  elsif new.state = 'active' then
    perform pg_notify('fleet_ready', 'resumed');
  end if;
  return null;
end
$$;

create or replace trigger job_after_state after update of state on fleet.job
for each row when (old.state <> new.state) execute function fleet.after_job_state();

-- The waiting tasks of a job whose needs were changed follow at once.
create or replace function fleet.after_job_needs()
returns trigger
language plpgsql security definer set search_path = fleet, pg_temp as $$
begin
  perform from fleet.task where job = new.name and state = 'ready' order by id for no key update;
  update fleet.task set state = 'blocked'
  where job = new.name and state = 'ready' and not fleet.needs_met(new, volume, version);
  perform fleet.settle(array(select distinct volume from fleet.task where job = new.name and state = 'blocked'));
  return null;
end
$$;

create or replace trigger job_after_needs after update of needs, on_need_failed on fleet.job
for each row when (old.needs <> new.needs or old.on_need_failed <> new.on_need_failed)
execute function fleet.after_job_needs();

create or replace function fleet.after_application_state()
returns trigger
language plpgsql security definer set search_path = fleet, pg_temp as $$
begin
  perform pg_notify('fleet_ready', 'resumed');
  return null;
end
$$;

create or replace trigger application_after_state after update of state on fleet.application
for each row when (old.state <> new.state and new.state = 'active') execute function fleet.after_application_state();

-- Deleting a job deletes its tasks; the attempts stay as history.
create or replace function fleet.before_job_delete()
returns trigger
language plpgsql security definer set search_path = fleet, pg_temp as $$
declare
  v_needed_by text;
begin
  select string_agg(name, ', ') into v_needed_by from fleet.job where old.name = any (needs);
  if v_needed_by is not null then
    raise exception 'job % is needed by %', old.name, v_needed_by
      using errcode = 'FL002', hint = 'Delete those first, or take it out of their needs.';
  end if;
  if exists (select from fleet.task where job = old.name and state = 'running') then
    raise exception 'job % has running tasks', old.name
      using errcode = 'FL002', hint = 'Cancel it first: update fleet.job set state = ''cancelled'' where name = …';
  end if;
  delete from fleet.task where job = old.name;
  return old;
end
$$;

create or replace trigger job_before_delete before delete on fleet.job
for each row execute function fleet.before_job_delete();

-- A worker that is told something hears of it at once instead of at its next heartbeat.
create or replace function fleet.after_worker_state()
returns trigger
language plpgsql security definer set search_path = fleet, pg_temp as $$
begin
  perform pg_notify('fleet_control', 'worker');
  return null;
end
$$;

create or replace trigger worker_after_state after update of state on fleet.worker
for each row when (old.state <> new.state and new.state in ('active', 'paused', 'draining'))
execute function fleet.after_worker_state();
