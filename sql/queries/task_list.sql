-- $1 job, $2 states, $3 part of the volume's URI, $4 at most, $5 only ids above this (for the next page)
select t.id, t.job, t.volume, t.version, t.rerun, t.state, t.priority, t.attempt, t.failures,
  t.pages, t.pages_failed, t.run_at, t.claimed_at, t.finished_at, w.name as worker, t.error_code, t.error,
  (select sum(p.pages) from fleet.part p where p.task = t.id) as pages_committed
from fleet.task t left join fleet.worker w on w.id = t.worker
where ($1::text is null or t.job = $1)
  and ($2::text[] is null or t.state = any ($2))
  and ($3::text is null or strpos(t.volume, $3) > 0)
  and ($5::bigint is null or t.id > $5)
order by t.id
limit $4
