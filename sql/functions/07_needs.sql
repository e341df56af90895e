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
  -- A statement of its own: two transactions that each meet one of two needs wait for one another here, and
  -- the second then looks with a snapshot in which the first's is met.
  perform from fleet.task where state = 'blocked' and volume = any (p_volumes) order by id for no key update;
  with waiting as materialized (
    select t.id, fleet.needs_met(j, t.volume, t.version) as met,
           j.on_need_failed = 'cancel' and exists (
             select from fleet.task n
             where n.volume = t.volume and n.job = any (j.needs)
               and (n.version = t.version or (t.version <> '' and n.input_version = t.version))
               and n.state in ('dead', 'cancelled')) as hopeless
    from fleet.task t join fleet.job j on j.name = t.job
    where t.state = 'blocked' and t.volume = any (p_volumes)
  )
  update fleet.task t
  set state = case when w.met then 'ready' else 'cancelled' end,
      due = t.run_at <= fleet.now(), run_at = greatest(t.run_at, fleet.now()),
      finished_at = case when not w.met then fleet.now() end,
      error = case when not w.met then 'a job that it needs ended dead or cancelled' end
  from waiting w
  where t.id = w.id and (w.met or w.hopeless);
  get diagnostics v_released = row_count;
  return v_released;
end
$$;

-- Blocks again the ready tasks on these volumes whose needs are not met any more: a need that had ended
-- dead or cancelled was redriven, or a task comes back whose job has got another need meanwhile.
create or replace function fleet.hold(p_volumes text[])
returns void
language plpgsql security definer set search_path = fleet, pg_temp as $$
begin
  perform from fleet.task t join fleet.job j on j.name = t.job and j.needs <> '{}'
  where t.state = 'ready' and t.volume = any (p_volumes) order by t.id for no key update of t;
  update fleet.task t set state = 'blocked'
  from fleet.job j
  where j.name = t.job and j.needs <> '{}' and t.state = 'ready' and t.volume = any (p_volumes)
    and not fleet.needs_met(j, t.volume, t.version);
end
$$;

-- Catches what a race could leave behind: a task inserted in a transaction that was still open when the
-- task it needs was inserted and completed by others. Each call looks at the next 500 blocked tasks, in
-- the order of their volumes, and begins again after the last.
create or replace function fleet.unblock()
returns integer
language plpgsql security definer set search_path = fleet, pg_temp as $$
declare
  v_after text := coalesce((select value #>> '{}' from fleet.setting where name = 'unblock_after'), '');
  v_last text;
  v_volumes text[];
begin
  with page as materialized (
    select job, volume, version from fleet.task
    where state = 'blocked' and volume > v_after order by volume limit 500
  )
  select coalesce(max(p.volume) filter (where n.tasks = 500), ''),
         array_agg(distinct p.volume) filter (where fleet.needs_met(j, p.volume, p.version))
  into v_last, v_volumes
  from page p join fleet.job j on j.name = p.job, (select count(*) as tasks from page) n;
  if v_last <> v_after then
    insert into fleet.setting values ('unblock_after', to_jsonb(v_last))
    on conflict (name) do update set value = excluded.value;
  end if;
  return case when v_volumes is null then 0 else fleet.settle(v_volumes) end;
end
$$;
