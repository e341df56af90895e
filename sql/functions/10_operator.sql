-- What an operator calls by name.

-- Sends the dead tasks of a job (or the cancelled ones too) back to ready with a fresh count of attempts.
-- Committed parts are kept: work goes on where it ended. Returns how many.
create or replace function fleet.redrive(p_job text, p_states text[] default '{dead}')
returns bigint
language plpgsql security definer set search_path = fleet, pg_temp as $$
declare
  v_job fleet.job;
  v_count bigint;
begin
  select * into v_job from fleet.job where name = p_job;
  if not found then
    raise exception 'no such job: %', p_job using errcode = 'FL003', hint = 'select name from fleet.job shows what exists.';
  end if;
  if not p_states <@ array['dead', 'cancelled'] then
    raise exception 'only dead and cancelled tasks can be redriven, not %', p_states using errcode = 'FL002';
  end if;
  update fleet.task
  set state = case when fleet.needs_met(v_job, volume, version) then 'ready' else 'blocked' end,
      failures = 0, run_at = fleet.now(), due = true, finished_at = null
  where job = p_job and state = any (p_states);
  get diagnostics v_count = row_count;
  return v_count;
end
$$;

-- Does a volume again, whatever became of it: a new task with the next rerun number, whose artefact goes
-- to a new version folder. Returns its id.
create or replace function fleet.rerun(p_job text, p_volume text, p_version text default '')
returns bigint
language plpgsql security definer set search_path = fleet, pg_temp as $$
declare
  v_volume text := fleet.canonical_volume(p_volume);
  v_id bigint;
begin
  insert into fleet.task (job, volume, version, rerun, size)
  select p_job, v_volume, p_version,
         coalesce((select max(rerun) + 1 from fleet.task where volume = v_volume and job = p_job and version = p_version), 0),
         coalesce((select pages from fleet.opened_volume where uri = v_volume), 0)
  returning id into v_id;
  return v_id;
end
$$;

-- Why is this task not running? One sentence.
create or replace function fleet.why(p_task bigint)
returns text
language sql stable security definer set search_path = fleet, pg_temp as $$
  select case
    when t.state = 'running' then format('it is running: attempt %s on worker %s', t.attempt, coalesce(w.name, t.worker::text))
    when t.state = 'done' then 'it is done'
    when t.state = 'cancelled' then 'it was cancelled'
    when t.state = 'dead' then format('it is dead after %s failures, the last: %s', t.failures, coalesce(t.error, 'unknown'))
    when t.state = 'blocked' then format('it needs %s on this volume to be done first', (
      select string_agg(format('%s (%s)', need, coalesce((
        select n.state from fleet.task n where n.volume = t.volume and n.job = need
          and (n.version = t.version or (t.version <> '' and n.input_version = t.version))
        order by n.rerun desc limit 1), 'not enqueued')), ', ')
      from unnest(j.needs) need))
    when a.state <> 'active' then format('application %s is %s', a.name, a.state)
    when j.state <> 'active' then format('job %s is %s', j.name, j.state) || coalesce(': ' || j.state_reason, '')
    when t.run_at > fleet.now() then format('it waits until %s after a failure: %s', t.run_at, coalesce(t.error, 'none recorded'))
    when not exists (select from fleet.lease l where l.expires_at > fleet.now()) then 'no worker is alive'
    when not exists (select from fleet.worker v join fleet.lease l on l.worker = v.id and l.expires_at > fleet.now()
                     where v.state = 'active' and j.kind = any (v.kinds) and j.labels <@ v.labels
                       and (j.memory_mb = 0 or j.memory_mb <= v.memory_mb))
      then format('no active worker can do it: kind %s, labels %s, %s MB', j.kind, j.labels, j.memory_mb)
    when a.quota is not null and a.quota <= (
      select sum(y.tasks) from fleet.tally y join fleet.job q on q.name = y.job
      where q.application = a.name and y.state = 'running') then format('application %s runs its quota of %s tasks', a.name, a.quota)
    else format('it waits for a free slot, behind %s tasks of its job at most', (
      select sum(y.tasks) - 1 from fleet.tally y where y.job = t.job and y.state = 'ready'))
  end
  from fleet.task t
  join fleet.job j on j.name = t.job
  join fleet.application a on a.name = j.application
  left join fleet.worker w on w.id = t.worker
  where t.id = p_task
$$;
