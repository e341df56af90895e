-- Renews the lease and answers, in the same round trip, what the worker must know of its tasks:
-- which it does not hold any more (lost: another has the fence; cancelled: an operator ended it), and
-- whether it should drain. The one write is a HOT update of the worker's own narrow row; a beat lost in
-- a crash of the server is repaired by the next, so it does not wait for the disk.
-- state is 'unknown' when the lease is gone: the worker must register again.
create or replace function fleet.heartbeat(p_worker bigint, p_tasks bigint[], p_fences bigint[], p_pages bigint)
returns table (state text, reason text, ttl_ms integer, unbroken boolean, lost bigint[], cancelled bigint[])
language plpgsql security definer set search_path = fleet, pg_temp
set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off as $$
#variable_conflict use_column
declare
  v_now constant timestamptz := fleet.now();
  v_ttl interval;
  v_since timestamptz;
begin
  perform set_config('synchronous_commit', 'off', true);
  update fleet.lease
  set expires_at = v_now + ttl,
      since = case when expires_at < v_now then v_now else since end,
      pages = p_pages
  where worker = p_worker
  returning ttl, since into v_ttl, v_since;

  return query
  select case when v_ttl is null then 'unknown' else coalesce((select w.state from fleet.worker w where w.id = p_worker), 'unknown') end,
         (select w.reason from fleet.worker w where w.id = p_worker),
         (extract(epoch from v_ttl) * 1000)::integer,
         v_since <= v_now - v_ttl,
         coalesce(array_agg(held.task) filter (where t.state is distinct from 'cancelled'), '{}'),
         coalesce(array_agg(held.task) filter (where t.state = 'cancelled'), '{}')
  from unnest(p_tasks, p_fences) as held(task, fence)
  left join fleet.task t on t.id = held.task and t.fence = held.fence
  where t.state is distinct from 'running';
end
$$;
