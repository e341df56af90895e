-- The chores of the fleet, done by any peer at any time; one at a time is enough, so the others leave at
-- once. Recovers the tasks of expired leases, wakes what waited, repairs a missed release, folds tallies.
-- Returns how many of each, and how many workers are alive (from which a caller knows how seldom it needs
-- to call: all peers together about twice a second).
create or replace function fleet.sweep(p_worker bigint)
returns table (ran boolean, recovered integer, promoted integer, unblocked integer, workers integer)
language plpgsql security definer set search_path = fleet, pg_temp as $$
#variable_conflict use_column
begin
  ran := pg_try_advisory_xact_lock(hashtextextended('fleet sweep', 0));
  recovered := 0;
  promoted := 0;
  unblocked := 0;
  if ran then
    recovered := fleet.recover(p_worker);
    promoted := fleet.promote();
    unblocked := fleet.unblock();
    perform fleet.fold();
  end if;
  select count(*) into workers from fleet.lease where expires_at > fleet.now();
  return next;
end
$$;

-- Takes back the tasks of workers whose lease is over. The first loss of a task goes back at once (the
-- machine died, most likely); later ones wait like failures, because the task may be what kills workers.
create or replace function fleet.recover(p_worker bigint)
returns integer
language plpgsql security definer set search_path = fleet, pg_temp as $$
declare
  v_worker record;
  v_task fleet.task;
  v_recovered integer := 0;
begin
  -- After an outage of the database all leases are over; see LEASE in the header of the first migration.
  if not exists (select from fleet.lease where worker = p_worker and expires_at > fleet.now()
                 and since <= fleet.now() - ttl) then
    return 0;
  end if;
  for v_worker in
    select l.worker, w.name from fleet.lease l join fleet.worker w on w.id = l.worker
    where l.expires_at < fleet.now()
    -- A beat that is being written now holds the row: it wins.
    for update of l skip locked
  loop
    for v_task in
      select * from fleet.task where worker = v_worker.worker and state = 'running'
      for no key update skip locked
    loop
      perform fleet.record_attempt(v_task, 'lost', jsonb_build_object('retryable', true, 'code', 'LEASE_LOST',
        'message', format('worker %s stopped renewing its lease', v_worker.name)));
      perform fleet.set_back(v_task, true, 'LEASE_LOST',
        format('worker %s stopped renewing its lease', v_worker.name),
        case when v_task.failures = 0 then interval '0' end);
      v_recovered := v_recovered + 1;
    end loop;
    if not exists (select from fleet.task where worker = v_worker.worker and state = 'running') then
      delete from fleet.lease where worker = v_worker.worker;
      update fleet.worker set state = 'lost', stopped_at = fleet.now(), reason = 'its lease ran out'
      where id = v_worker.worker and state not in ('stopped', 'lost');
    end if;
  end loop;
  return v_recovered;
end
$$;

-- Folds what the statements appended since: many small rows become one a job and state, or minute;
-- minutes of more than a day ago become one row a job, from which fleet.progress still knows what failed.
-- Readers see the rows before or the row after, and the same sum.
create or replace function fleet.fold()
returns void
language plpgsql security definer set search_path = fleet, pg_temp as $$
begin
  if (select count(*) from (select from fleet.tally limit 501) t) > 500 then
    with gone as (
      delete from fleet.tally
      where ctid = any (array(select ctid from fleet.tally limit 20000 for update skip locked))
      returning job, state, tasks, pages, sized
    )
    insert into fleet.tally (job, state, tasks, pages, sized)
    select job, state, sum(tasks), sum(pages), sum(sized) from gone group by job, state
    having sum(tasks) <> 0 or sum(pages) <> 0 or sum(sized) <> 0;
  end if;
  if (select count(*) from (select from fleet.pace limit 10001) t) > 10000 then
    with gone as (
      delete from fleet.pace
      where ctid = any (array(select ctid from fleet.pace limit 20000 for update skip locked))
      returning job, minute, pages, failed
    )
    insert into fleet.pace (job, minute, pages, failed)
    select job, case when minute > fleet.now() - interval '1 day' then minute else '-infinity' end, sum(pages), sum(failed)
    from gone group by 1, 2;
  end if;
end
$$;
