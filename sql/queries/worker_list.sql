-- $1 true: also those that stopped or were lost
select id, name, host, pid, state, reason, version, kinds, labels, slots, running, pages, beat_age, status_url,
  started_at, stopped_at
from fleet.present
where $1 or state not in ('stopped', 'lost')
order by id
