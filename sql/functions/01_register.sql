-- A worker announces itself: its row, its lease. Returns its id, which all later calls name.
create or replace function fleet.register(p_worker jsonb, p_ttl interval)
returns bigint
language plpgsql security definer set search_path = fleet, pg_temp as $$
declare
  v_id bigint;
begin
  insert into fleet.worker (name, host, pid, version, kinds, labels, memory_mb, slots, status_url, info, started_at)
  select r.name, r.host, r.pid, r.version, r.kinds, coalesce(r.labels, '{}'), coalesce(r.memory_mb, 0),
         r.slots, r.status_url, coalesce(r.info, '{}'), fleet.now()
  from jsonb_to_record(p_worker) as r(name text, host text, pid integer, version text, kinds text[],
       labels text[], memory_mb integer, slots integer, status_url text, info jsonb)
  returning id into v_id;

  insert into fleet.lease (worker, expires_at, since, ttl)
  values (v_id, fleet.now() + p_ttl, fleet.now(), p_ttl);
  return v_id;
end
$$;

-- A worker leaves. What it still holds goes back at once, uncounted.
create or replace function fleet.deregister(p_worker bigint, p_reason text)
returns void
language plpgsql security definer set search_path = fleet, pg_temp as $$
begin
  -- First: waits for a claim that is under way, and lets no other begin.
  delete from fleet.lease where worker = p_worker;
  perform fleet.release(p_worker, array_agg(id), array_agg(fence), p_reason)
  from fleet.task where worker = p_worker and state = 'running';
  update fleet.worker set state = 'stopped', reason = p_reason, stopped_at = fleet.now() where id = p_worker;
end
$$;
