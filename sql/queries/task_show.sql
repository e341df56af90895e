select to_jsonb(t) - 'due' || jsonb_build_object(
  'worker_name', w.name,
  'why', fleet.why(t.id),
  'parts', (select coalesce(jsonb_agg(to_jsonb(p) - 'task' order by p.number), '[]') from fleet.part p where p.task = t.id),
  'attempts', (select coalesce(jsonb_agg(to_jsonb(a) - 'task' - 'job' order by a.number), '[]') from fleet.attempt a where a.task = t.id)
) as task
from fleet.task t left join fleet.worker w on w.id = t.worker
where t.id = $1
