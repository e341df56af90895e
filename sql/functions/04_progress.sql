-- What a running attempt tells about itself. Each is fenced and returns whether it was still ours. That a task
-- runs is asked as `worker is not null` (the same, by constraint), because `state = 'running'` would let the
-- planner read the whole index of running tasks instead of one primary key.

-- The volume was opened: pins the version that was found. Parts of another version (the volume changed
-- since an earlier attempt) are forgotten. The size goes to the other tasks on the volume as well: it
-- decides their place in the claim order.
create or replace function fleet.open_volume(
  p_task bigint, p_fence bigint, p_version text, p_pages integer, p_bytes bigint)
returns boolean
language plpgsql security definer set search_path = fleet, pg_temp as $$
declare
  v_volume text;
  v_before text;
begin
  -- Locked first: parts are deleted by nobody whose task is being taken away at this moment.
  select volume, input_version into v_volume, v_before from fleet.task
  where id = p_task and fence = p_fence and worker is not null
  for no key update;
  if not found then
    return false;
  end if;
  if v_before is distinct from p_version then
    delete from fleet.part where task = p_task;
  end if;
  update fleet.task set input_version = p_version, pages = p_pages, size = greatest(size, p_pages)
  where id = p_task;
  insert into fleet.opened_volume (uri, version, pages, bytes, opened_at)
  values (v_volume, p_version, p_pages, p_bytes, fleet.now())
  on conflict (uri) do update
  set version = excluded.version, pages = excluded.pages, bytes = excluded.bytes, opened_at = excluded.opened_at;
  update fleet.task set size = p_pages
  where volume = v_volume and state in ('ready', 'blocked') and size = 0;
  return true;
end
$$;

-- Makes a part permanent. The row lock keeps a successor from claiming in between: it would not see the
-- part and read its pages again under the same number. Saying it again (an answer was lost) changes nothing.
create or replace function fleet.commit_part(p_task bigint, p_fence bigint, p_part jsonb)
returns boolean
language plpgsql security definer set search_path = fleet, pg_temp as $$
declare
  v_job text;
begin
  select job into v_job from fleet.task
  where id = p_task and fence = p_fence and worker is not null
  for no key update;
  if not found then
    return false;
  end if;
  if exists (select from fleet.part where task = p_task and number = (p_part ->> 'number')::integer and fence = p_fence) then
    return true;
  end if;
  insert into fleet.part (task, number, fence, first_page, pages, failed, key, bytes, sha256, created_at)
  select p_task, r.number, p_fence, r."firstPage", r.pages, r.failed, r.key, r.bytes, r.sha256, fleet.now()
  from jsonb_to_record(p_part) as r(number integer, "firstPage" integer, pages integer, failed integer,
       key text, bytes bigint, sha256 text);
  insert into fleet.pace (job, minute, pages, failed)
  values (v_job, date_trunc('minute', fleet.now()), (p_part ->> 'pages')::bigint, (p_part ->> 'failed')::bigint);
  return true;
end
$$;

-- The last question before publication: is the task still ours? Renews the lease, so that the answer
-- stays true for as long as one write takes.
create or replace function fleet.confirm(p_worker bigint, p_task bigint, p_fence bigint)
returns boolean
language plpgsql security definer set search_path = fleet, pg_temp as $$
begin
  perform from fleet.task
  where id = p_task and fence = p_fence and worker is not distinct from p_worker
  for no key update;
  if not found then
    return false;
  end if;
  update fleet.lease
  set since = case when expires_at < fleet.now() then fleet.now() else since end,
      expires_at = greatest(expires_at, fleet.now() + ttl)
  where worker = p_worker;
  return found;
end
$$;
