-- Hands back what a worker holds without knowing: a claim was committed and its answer never arrived.
-- Such a task would stay running for as long as the worker lives, for its lease covers it. p_known: the
-- tasks that the worker knows of. At once and uncounted; returns the tasks.
create or replace function fleet.disown(p_worker bigint, p_known bigint[])
returns setof bigint
language plpgsql security definer set search_path = fleet, pg_temp as $$
declare
  v_tasks bigint[];
  v_fences bigint[];
begin
  select array_agg(id), array_agg(fence) into v_tasks, v_fences
  from fleet.task where worker = p_worker and state = 'running' and id <> all (p_known);
  return query select fleet.release(p_worker, v_tasks, v_fences, 'the answer to the claim was lost');
end
$$;
revoke all on function fleet.disown(bigint, bigint[]) from public;
grant execute on function fleet.disown(bigint, bigint[]) to fleet_worker;
