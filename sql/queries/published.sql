-- $1 job, $2 volumes. Of each volume the newest run that was published.
select distinct on (t.volume) t.volume, a.figures ->> 'marker' as marker, t.pages, t.pages_failed,
  extract(epoch from a.finished_at - a.started_at)::float8 as seconds
from fleet.task t join fleet.attempt a on a.task = t.id and a.outcome = 'done'
where t.job = $1 and t.volume = any ($2) and t.state = 'done'
order by t.volume, t.rerun desc, a.number desc
