-- What people and `fleet top` look at.

drop view if exists fleet.progress;
create view fleet.progress as
with counts as (
  select job,
    sum(tasks) filter (where state = 'blocked') as blocked,
    sum(tasks) filter (where state = 'ready') as ready,
    sum(tasks) filter (where state = 'running') as running,
    sum(tasks) filter (where state = 'done') as done,
    sum(tasks) filter (where state = 'dead') as dead,
    sum(tasks) filter (where state = 'cancelled') as cancelled,
    sum(tasks) as tasks,
    sum(pages) filter (where state = 'done') as pages_in_done,
    sum(pages) filter (where state in ('blocked', 'ready', 'running', 'done')) as pages_known,
    sum(sized) filter (where state in ('blocked', 'ready', 'running', 'done')) as sized,
    sum(tasks) filter (where state in ('blocked', 'ready', 'running', 'done')) as wanted
  from fleet.tally group by job
), parts as (
  select t.job, sum(p.pages) as pages from fleet.part p join fleet.task t on t.id = p.task
  where t.state in ('ready', 'running', 'blocked') group by t.job
), pace as (
  -- Of the last ten minutes, or since the first page if that is less.
  select job, sum(pages) / greatest(60, extract(epoch from fleet.now() - min(minute))) as per_second
  from fleet.pace where minute > fleet.now() - interval '10 minutes' group by job
), failures as (
  select y.job, sum(y.failed) as failed from fleet.pace y group by y.job
), estimate as (
  select c.job, coalesce(c.pages_in_done, 0) + coalesce(p.pages, 0) as pages_done,
    coalesce(c.pages_known, 0) as pages_known, coalesce(c.sized, 0) as sized,
    -- Volumes that nobody has opened yet count as the mean of the others.
    case when c.sized > 0 then round(c.pages_known * c.wanted / c.sized) end as pages
  from counts c left join parts p using (job)
)
select j.name as job, j.kind, j.state,
  coalesce(c.blocked, 0)::bigint as blocked, coalesce(c.ready, 0)::bigint as ready,
  coalesce(c.running, 0)::bigint as running, coalesce(c.done, 0)::bigint as done,
  coalesce(c.dead, 0)::bigint as dead, coalesce(c.cancelled, 0)::bigint as cancelled,
  coalesce(e.pages_done, 0)::bigint as pages_done, e.pages::bigint as pages,
  coalesce(f.failed, 0)::bigint as pages_failed,
  coalesce(e.pages_known, 0)::bigint as pages_known, coalesce(e.sized, 0)::bigint as tasks_sized,
  round(coalesce(r.per_second, 0), 2) as pages_per_second,
  case when coalesce(c.ready, 0) + coalesce(c.running, 0) + coalesce(c.blocked, 0) = 0 then interval '0'
       when r.per_second > 0 and e.pages > e.pages_done
       then make_interval(secs => round((e.pages - e.pages_done) / r.per_second)::double precision)
  end as eta
from fleet.job j
left join counts c on c.job = j.name
left join estimate e on e.job = j.name
left join pace r on r.job = j.name
left join failures f on f.job = j.name
order by j.name;
comment on view fleet.progress is 'Per job: tasks by state, pages, rate over the last ten minutes, time left.';

drop view if exists fleet.present;
create view fleet.present as
select w.id, w.name, w.host, w.pid, w.version,
  case when w.state in ('stopped', 'lost') then w.state
       when l.worker is null or l.expires_at < fleet.now() then 'silent'
       else w.state end as state,
  w.reason, w.kinds, w.labels, w.slots, w.status_url, w.started_at, w.stopped_at,
  l.expires_at, extract(epoch from fleet.now() - (l.expires_at - l.ttl))::double precision as beat_age,
  coalesce(l.pages, 0) as pages,
  (select count(*) from fleet.task t where t.worker = w.id and t.state = 'running') as running
from fleet.worker w left join fleet.lease l on l.worker = w.id;
comment on view fleet.present is 'Workers with the state of their leases; silent: the lease is over and not yet swept.';

drop view if exists fleet.trouble;
create view fleet.trouble as
select job, error_code as code, stage, outcome, count(*) as attempts, count(distinct task) as tasks,
  max(finished_at) as last, (array_agg(error order by finished_at desc))[1] as example,
  (array_agg(task order by finished_at desc))[1] as example_task
from fleet.attempt where outcome in ('failed', 'lost')
group by job, error_code, stage, outcome;
comment on view fleet.trouble is 'Failed and lost attempts by cause, each with its last example.';

drop view if exists fleet.volume;
create view fleet.volume as
select coalesce(t.uri, o.uri) as uri, o.version, o.pages, o.bytes, o.opened_at, coalesce(t.tasks, 0) as tasks
from (select volume as uri, count(*) as tasks from fleet.task group by volume) t
full join fleet.opened_volume o on o.uri = t.uri;
comment on view fleet.volume is 'Every volume that a task names or a worker has opened: an ordered set of page images at a URI.';
