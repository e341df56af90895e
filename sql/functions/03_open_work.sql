-- How many tasks are ready (now or later) or running, on any worker, that this worker could do: what one that
-- leaves when nothing is left to do looks at.
create or replace function fleet.open_work(p_worker bigint)
returns bigint
language sql stable security definer set search_path = fleet, pg_temp as $$
  select coalesce(sum(y.tasks), 0)::bigint
  from fleet.worker w
  join fleet.job j on j.kind = any (w.kinds) and j.labels <@ w.labels and (j.memory_mb = 0 or j.memory_mb <= w.memory_mb)
  join fleet.application a on a.name = j.application
  join fleet.tally y on y.job = j.name and y.state in ('ready', 'running')
  where w.id = p_worker and j.state = 'active' and a.state = 'active'
$$;
