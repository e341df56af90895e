-- $1 job, $2 states
select state, error_code as code, count(*)::float8 as tasks, (array_agg(error order by finished_at desc))[1] as example
from fleet.task where job = $1 and state = any ($2)
group by state, error_code
order by tasks desc
