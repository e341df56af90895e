-- Who may do what. Run last, each time.
grant usage on schema fleet to fleet_worker, fleet_operator, fleet_submitter, fleet_viewer;
revoke all on all functions in schema fleet from public;
grant execute on function fleet.now(), fleet.test_clock(text) to fleet_worker, fleet_operator, fleet_submitter, fleet_viewer;

-- Workers: the protocol, and the status of the fleet that they gather for one another.
grant execute on function
  fleet.register(jsonb, interval), fleet.deregister(bigint, text),
  fleet.open_work(bigint), fleet.heartbeat(bigint, bigint[], bigint[], bigint), fleet.claim(bigint, integer),
  fleet.open_volume(bigint, bigint, text, integer, bigint), fleet.commit_part(bigint, bigint, jsonb),
  fleet.confirm(bigint, bigint, bigint), fleet.complete(bigint, bigint[], bigint[], jsonb[]),
  fleet.fail(bigint, bigint, bigint, jsonb), fleet.release(bigint, bigint[], bigint[], text), fleet.sweep(bigint)
to fleet_worker;
grant select on fleet.migration, fleet.progress, fleet.present to fleet_worker;

grant select on all tables in schema fleet to fleet_viewer, fleet_operator;
grant execute on function fleet.why(bigint) to fleet_viewer, fleet_operator, fleet_submitter;

grant insert (name, weight, priority, quota), update (state, weight, priority, quota), delete on fleet.application to fleet_operator;
grant insert, update, delete on fleet.member to fleet_operator;
grant insert (name, kind, parameters, output, needs, on_need_failed, priority, max_attempts, retry_base, retry_limit,
              max_page_failure_rate, part_pages, part_interval, labels, memory_mb),
      update (kind, parameters, output, needs, on_need_failed, state, state_reason, priority, max_attempts, retry_base,
              retry_limit, max_page_failure_rate, part_pages, part_interval, labels, memory_mb), delete
  on fleet.job to fleet_operator;
grant insert (job, volume, version, rerun, priority, size, run_at), update (state, priority, run_at), delete
  on fleet.task to fleet_operator;
grant update (state, reason) on fleet.worker to fleet_operator;
grant execute on function fleet.redrive(text, text[]), fleet.rerun(text, text, text) to fleet_operator;

-- Submitters: their own applications, and nothing of the others.
grant select on fleet.application, fleet.job, fleet.task, fleet.attempt to fleet_submitter;
grant insert (name, kind, parameters, output, needs, priority, max_attempts, max_page_failure_rate, labels, memory_mb),
      update (state, priority) on fleet.job to fleet_submitter;
grant insert (job, volume, version, priority, size, run_at), update (state, priority) on fleet.task to fleet_submitter;

create or replace function fleet.my_applications()
returns setof text
language sql stable security definer set search_path = fleet, pg_temp as $$
  select application from fleet.member where username = session_user
$$;
create or replace function fleet.my_jobs()
returns setof text
language sql stable security definer set search_path = fleet, pg_temp as $$
  select name from fleet.job where application in (select fleet.my_applications())
$$;
grant execute on function fleet.my_applications(), fleet.my_jobs() to fleet_submitter;

do $$
declare
  v_table text;
begin
  foreach v_table in array array['application', 'job', 'task', 'attempt'] loop
    execute format('alter table fleet.%I enable row level security', v_table);
    execute format('drop policy if exists everything on fleet.%I', v_table);
    execute format('create policy everything on fleet.%I to fleet_operator, fleet_viewer, fleet_worker using (true) with check (true)', v_table);
    execute format('drop policy if exists own on fleet.%I', v_table);
  end loop;
end
$$;
create policy own on fleet.application to fleet_submitter using (name in (select fleet.my_applications()));
create policy own on fleet.job to fleet_submitter using (application in (select fleet.my_applications()))
  with check (application in (select fleet.my_applications()));
create policy own on fleet.task to fleet_submitter using (job in (select fleet.my_jobs()))
  with check (job in (select fleet.my_jobs()));
create policy own on fleet.attempt to fleet_submitter using (job in (select fleet.my_jobs()));
