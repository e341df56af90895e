-- Dependencies. A task of job B on (volume, version) is blocked until every job that B needs has a done
-- task on the same volume and version.

-- Are all needs of a task of this job on this volume and version met?
create or replace function fleet.needs_met(p_job fleet.job, p_volume text, p_version text)
returns boolean
language sql stable security definer set search_path = fleet, pg_temp as $$
  select not exists (
    select from unnest(p_job.needs) as need
    where not exists (
      select from fleet.task t
      where t.volume = p_volume and t.job = need
        and (t.version = p_version or (p_version <> '' and t.input_version = p_version))
        and (t.state = 'done' or (p_job.on_need_failed = 'release' and t.state in ('dead', 'cancelled')))))
$$;

-- Releases (or cancels, where the job says so) the blocked tasks on these volumes. Called in the
-- transaction in which a task on them ended.
create or replace function fleet.settle(p_volumes text[])
returns integer
language plpgsql security definer set search_path = fleet, pg_temp as $$
declare
  v_released integer;
begin
  with waiting as materialized (
    select t.id, fleet.needs_met(j, t.volume, t.version) as met,
           j.on_need_failed = 'cancel' and exists (
             select from fleet.task n
             where n.volume = t.volume and n.job = any (j.needs)
               and (n.version = t.version or (t.version <> '' and n.input_version = t.version))
               and n.state in ('dead', 'cancelled')) as hopeless
    from fleet.task t join fleet.job j on j.name = t.job
    where t.state = 'blocked' and t.volume = any (p_volumes)
    order by t.id
    for no key update of t
  )
  update fleet.task t
  set state = case when w.met then 'ready' else 'cancelled' end,
      due = true, run_at = greatest(t.run_at, fleet.now()),
      finished_at = case when not w.met then fleet.now() end,
      error = case when not w.met then 'a job that it needs ended dead or cancelled' end
  from waiting w
  where t.id = w.id and (w.met or w.hopeless);
  get diagnostics v_released = row_count;
  return v_released;
end
$$;

-- Catches what a race could leave behind: a task inserted in a transaction that was still open when the
-- task it needs was inserted and completed by others. Looks at the longest-waiting volumes only.
create or replace function fleet.unblock()
returns integer
language plpgsql security definer set search_path = fleet, pg_temp as $$
declare
  v_volumes text[];
begin
  select array_agg(distinct t.volume) into v_volumes
  from (select t.* from fleet.task t where t.state = 'blocked' limit 500) t
  join fleet.job j on j.name = t.job
  where fleet.needs_met(j, t.volume, t.version);
  return case when v_volumes is null then 0 else fleet.settle(v_volumes) end;
end
$$;
