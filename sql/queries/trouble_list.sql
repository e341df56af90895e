-- $1 job, $2 since (interval), $3 at most
select job, error_code as code, stage, outcome, count(*) as attempts, count(distinct task) as tasks,
  max(finished_at) as last, (array_agg(error order by finished_at desc))[1] as example,
  (array_agg(task order by finished_at desc))[1] as example_task
from fleet.attempt
where outcome in ('failed', 'lost')
  and ($1::text is null or job = $1)
  and ($2::interval is null or finished_at > fleet.now() - $2::interval)
group by job, error_code, stage, outcome
order by attempts desc, last desc
limit $3
