-- fleet: a task table as a protocol between peers
-- ================================================
--
-- There is no broker. Every worker is a peer that claims tasks here, keeps its lease alive here and
-- writes here how each attempt ended. Whatever looks like a scheduler is a function in sql/functions
-- that any peer may call at any time with the same result.
--
-- THE WAY OF A TASK
--
--                  +----------- needs met ----------+
--                  |                                v
--   insert --> blocked                insert --> ready --- claim ---> running --- complete ---> done
--                  |                              ^ ^                  | | |
--                  |                              | +---- release -----+ | |   handed back: not counted
--                  |                              +-- fail, retryable ---+ |   with a later run_at
--                  |                              +-- sweep: lease over ---+   counted
--                  |                              |                        |
--                  |                              |          fail, terminal or max_attempts reached
--                  |                   redrive    |                        v
--                  |                              +----------------------- dead
--                  |                              |
--                  +--- operator: 'cancelled' --> cancelled   (from blocked, ready and running)
--
--   who                may do                                           fenced by
--   ---                ------                                           ---------
--   worker             ready -> running                                 row lock (skip locked), live lease
--   worker             running -> done | ready | dead; parts            task.fence = the fence of its claim
--   any worker         running -> ready | dead of an expired lease      lease.expires_at, own lease unbroken
--   any worker         blocked -> ready in the transaction that meets the last need
--   operator (UPDATE)  blocked, ready, running -> cancelled; dead, cancelled -> ready; running -> ready
--
-- Everything else raises FL002 with both states in the message, whatever client writes it.
--
-- FENCE. fleet.fence is one sequence for the whole table. It gives every claim a number that is larger
-- than all earlier ones and never restarts: not with a redrive, not with a retry, not with a new task
-- row. Every later write names (task, fence); a writer whose fence is not the row's changes nothing.
-- A worker's name would not do: it cannot tell two attempts of one worker apart.
--
-- LEASE. One narrow row a worker (fleet.lease), renewed by heartbeat, however many tasks it holds. A
-- task is held as long as its worker's lease is live. No column that a heartbeat writes is indexed, so
-- every beat is a HOT update. When Postgres was away, every lease is over at once; so that the first
-- peer to come back does not take all the others' work, only a worker whose own lease has been
-- unbroken for its whole length may recover tasks (lease.since).
--
-- TIME is Postgres's alone (fleet.now()). A worker's clock is never compared with anything.
--
-- WAKE-UPS are hints: at most one NOTIFY a statement, when something became claimable (fleet_ready) or
-- running work was cancelled or a worker told to drain (fleet_control). None on heartbeat, progress
-- or completion. Workers poll as well: the poll is the truth.
--
-- COUNTS. Counting millions of rows for a progress bar does not do. Every statement that changes tasks
-- appends its differences to fleet.tally; the views sum it, the sweep folds it. Exact at every commit,
-- and no row that all peers would have to update.

-- The clock of every function here. Tests replace it by a session setting,
--     set fleet.clock = '2030-01-01 00:00:00+00';
-- which is refused unless the database's owner has allowed it (a session must not be able to end
-- other workers' leases by claiming that it is tomorrow).
create table fleet.setting (
  name text primary key,
  value jsonb not null
);

create function fleet.test_clock(p_time text) returns timestamptz
language plpgsql stable security definer set search_path = fleet, pg_temp as $$
begin
  if not exists (select from fleet.setting where name = 'allow_test_clock' and value = 'true') then
    raise exception 'fleet.clock is set but this database does not allow it'
      using errcode = 'FL003', hint = 'It is for tests. Reset it: reset fleet.clock';
  end if;
  return p_time::timestamptz;
end
$$;

create function fleet.now() returns timestamptz language sql stable as $$
  select case when coalesce(current_setting('fleet.clock', true), '') = '' then pg_catalog.now()
              else fleet.test_clock(current_setting('fleet.clock', true)) end
$$;

create table fleet.application (
  name       text primary key check (name ~ '^[a-z0-9][a-z0-9_-]{0,62}$'),
  state      text not null default 'active' check (state in ('active', 'paused')),
  -- Share of the claims among applications that have claimable tasks.
  weight     double precision not null default 1 check (weight > 0),
  -- A higher number goes before all lower ones.
  priority   integer not null default 0,
  -- Running tasks at most; null: no limit.
  quota      integer check (quota > 0),
  created_at timestamptz not null default fleet.now()
);
comment on table fleet.application is 'A tenant: owns jobs, has a weight and a quota.';
insert into fleet.application (name) values ('default');

-- Which database users act for which application (fleet_submitter sees these only).
create table fleet.member (
  application text not null references fleet.application on delete cascade,
  username    text not null,
  primary key (application, username)
);

create table fleet.job (
  -- 'name' for the default application, 'application/name' for the others.
  name        text primary key check (name ~ '^([a-z0-9][a-z0-9_-]{0,62}/)?[a-z0-9][a-z0-9_.-]{0,62}$'),
  application text not null generated always as (
    case when name like '%/%' then split_part(name, '/', 1) else 'default' end
  ) stored references fleet.application,
  kind        text not null,
  parameters  jsonb not null default '{}' check (jsonb_typeof(parameters) = 'object'),
  -- SHA-256 over kind and parameters; stands in the artefact's version folder.
  config_hash text not null,
  -- Store URI under which artefacts are written.
  output      text not null,
  -- Jobs whose task on the same volume version must be done first.
  needs       text[] not null default '{}',
  -- What happens to a blocked task when a need ends dead or cancelled.
  on_need_failed text not null default 'hold' check (on_need_failed in ('hold', 'release', 'cancel')),
  state       text not null default 'active' check (state in ('active', 'paused', 'cancelled')),
  state_reason text,
  priority    integer not null default 0,
  max_attempts integer not null default 5 check (max_attempts > 0),
  retry_base  interval not null default '10 seconds' check (retry_base >= '0'),
  retry_limit interval not null default '15 minutes' check (retry_limit >= '0'),
  max_page_failure_rate double precision not null default 0.05 check (max_page_failure_rate between 0 and 1),
  part_pages  integer not null default 64 check (part_pages > 0),
  part_interval interval not null default '60 seconds' check (part_interval > '0'),
  -- A worker claims the job's tasks only if it has all these labels and this much memory.
  labels      text[] not null default '{}',
  memory_mb   integer not null default 0 check (memory_mb >= 0),
  created_at  timestamptz not null default fleet.now(),
  updated_at  timestamptz not null default fleet.now()
);
comment on table fleet.job is 'A configured type of work: a kind, its parameters, what it needs.';

-- A volume is registered by the first task that names it: the view fleet.volume shows them all, so that
-- inserting a million tasks does not write a million volumes too. Here is what opening one has told.
create table fleet.opened_volume (
  uri        text collate "C" primary key,
  version    text not null,
  pages      integer not null,
  bytes      bigint not null,
  opened_at  timestamptz not null
);
comment on table fleet.opened_volume is 'What a worker found when it last opened a volume.';

create sequence fleet.fence as bigint;
-- Numbers the draws of the claim's lottery (see sql/functions/claim.sql).
create sequence fleet.draw as bigint;

create table fleet.task (
  id         bigint generated always as identity primary key,
  -- No foreign keys here: triggers check whole statements at once, which a million rows need.
  -- Byte order ("C"): the same on every server, and several times cheaper than a language's.
  job        text collate "C" not null,
  volume     text collate "C" not null,
  -- The version that was asked for; '' is the one found when the volume is first opened.
  version    text collate "C" not null default '',
  -- 1, 2 … for forced re-runs.
  rerun      integer not null default 0 check (rerun >= 0),
  state      text collate "C" not null default 'ready'
             check (state in ('blocked', 'ready', 'running', 'done', 'dead', 'cancelled')),
  priority   integer not null default 0,
  -- Pages (or pages x pixels, or bytes: any measure, the same within a job). Larger goes first.
  size       bigint not null default 0 check (size >= 0),
  run_at     timestamptz not null default fleet.now(),
  -- False while a ready task waits for run_at: keeps those that cannot be claimed out of the index.
  due        boolean not null default true,
  -- Counts towards max_attempts; a redrive sets it back. `attempt` never goes back.
  failures   integer not null default 0,
  attempt    integer not null default 0,
  fence      bigint,
  worker     bigint,
  claimed_at timestamptz,
  -- The version that was found and pinned, and what the volume holds.
  input_version text collate "C",
  pages      integer,
  pages_failed integer,
  error_code text,
  error      text,
  created_at timestamptz not null default fleet.now(),
  finished_at timestamptz,
  constraint running_tasks_are_held check ((state = 'running') = (worker is not null)),
  constraint held_tasks_are_fenced check (state <> 'running' or fence is not null)
) with (fillfactor = 85, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 0);
comment on table fleet.task is 'One job applied to one volume version: the unit that is claimed.';

create unique index task_identity on fleet.task (volume, job, version, rerun);
-- The claim's own index: partial, and in the order of the claim. All ascending (negated instead of
-- descending), so that a claim can start in the middle with one row comparison.
create index task_claim on fleet.task (job, (-priority), (-size), id) where state = 'ready' and due;
create index task_delayed on fleet.task (run_at) where state = 'ready' and not due;
create index task_blocked on fleet.task (volume) where state = 'blocked';
create index task_running on fleet.task (worker) where state = 'running';
create index task_dead on fleet.task (job, finished_at) where state in ('dead', 'cancelled');

create table fleet.attempt (
  task       bigint not null,
  number     integer not null,
  fence      bigint not null,
  job        text not null,
  worker     bigint not null,
  worker_name text,
  started_at timestamptz not null,
  finished_at timestamptz not null,
  outcome    text not null check (outcome in ('done', 'failed', 'lost', 'interrupted', 'cancelled')),
  -- Of a failure: would the same attempt succeed later?
  retryable  boolean,
  stage      text,
  error_code text,
  error      text,
  figures    jsonb,
  primary key (task, number)
);
comment on table fleet.attempt is 'One run of a task by one worker, written when it ends; kept when the task is deleted.';
create index attempt_trouble on fleet.attempt (finished_at) where outcome in ('failed', 'lost');

create table fleet.part (
  task       bigint not null references fleet.task on delete cascade,
  number     integer not null check (number >= 0),
  fence      bigint not null,
  first_page integer not null check (first_page >= 0),
  pages      integer not null check (pages > 0),
  failed     integer not null default 0,
  key        text not null,
  bytes      bigint not null,
  sha256     text not null,
  created_at timestamptz not null default fleet.now(),
  primary key (task, number)
);
comment on table fleet.part is 'A committed run of pages of a running task: what a successor resumes after.';

create table fleet.worker (
  id         bigint generated always as identity primary key,
  name       text not null,
  host       text not null,
  pid        integer not null,
  version    text not null,
  kinds      text[] not null,
  labels     text[] not null default '{}',
  memory_mb  integer not null default 0,
  slots      integer not null check (slots > 0),
  status_url text,
  info       jsonb not null default '{}',
  state      text not null default 'active' check (state in ('active', 'paused', 'draining', 'stopped', 'lost')),
  reason     text,
  started_at timestamptz not null default fleet.now(),
  stopped_at timestamptz
);
comment on table fleet.worker is 'One peer process, from its registration on.';
create index worker_present on fleet.worker (id) where state not in ('stopped', 'lost');

-- The heartbeat's row: nothing but the primary key is indexed and most of the page stays free, so that
-- every beat is a HOT update and the dead versions are pruned where they lie.
create table fleet.lease (
  worker     bigint primary key references fleet.worker on delete cascade,
  expires_at timestamptz not null,
  -- Since when the lease has been unbroken.
  since      timestamptz not null,
  ttl        interval not null check (ttl > '0'),
  -- Pages read since the worker started.
  pages      bigint not null default 0
) with (fillfactor = 25, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);
comment on table fleet.lease is 'A worker''s time-limited right to its tasks.';

create table fleet.tally (
  job   text not null,
  state text not null,
  tasks bigint not null,
  -- Pages of those tasks whose number is known, and how many of the tasks that is.
  pages bigint not null,
  sized bigint not null
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);
comment on table fleet.tally is 'Differences of task counts, summed by the views and folded by the sweep.';

create table fleet.pace (
  job    text not null,
  minute timestamptz not null,
  pages  bigint not null,
  failed bigint not null
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);
comment on table fleet.pace is 'Pages committed by minute, folded by the sweep, kept for a day.';
create index pace_minute on fleet.pace (minute);
