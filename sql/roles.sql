-- The roles of the fleet. Cluster-wide, without login: an installation grants them to its own users,
--     create role worker_eu login password '…' in role fleet_worker;
-- Run by `fleet migrate` before the migrations, each time; it creates what is missing.
--
--   fleet_owner      owns every table and function; nobody logs in as it. The protocol's functions run
--                    with its rights, which is what lets the other roles have so few.
--   fleet_worker     may call the protocol and nothing else: no table can be written directly
--   fleet_operator   reads all, creates jobs and tasks, changes states and priorities
--   fleet_submitter  creates and sees the jobs and tasks of its own applications (fleet.member)
--   fleet_viewer     reads all
do $$
declare
  role_name text;
begin
  foreach role_name in array array['fleet_owner', 'fleet_worker', 'fleet_operator', 'fleet_submitter', 'fleet_viewer']
  loop
    if not exists (select from pg_roles where rolname = role_name) then
      begin
        execute format('create role %I nologin', role_name);
      -- Another database of the same cluster is being migrated at this moment.
      exception when duplicate_object or unique_violation then null;
      end;
    end if;
  end loop;
  if not pg_has_role(current_user, 'fleet_owner', 'MEMBER') then
    execute format('grant fleet_owner to %I', current_user);
  end if;
end
$$;
