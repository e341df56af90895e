-- $1 the id or the name; of several with one name the newest
select to_jsonb(p) || jsonb_build_object(
  'info', (select info from fleet.worker w where w.id = p.id),
  'tasks', (select coalesce(jsonb_agg(jsonb_build_object('id', t.id, 'job', t.job, 'volume', t.volume,
            'attempt', t.attempt, 'claimed_at', t.claimed_at, 'pages', t.pages) order by t.id), '[]')
            from fleet.task t where t.worker = p.id and t.state = 'running'),
  'attempts', (select coalesce(jsonb_object_agg(outcome, n), '{}')
               from (select outcome, count(*) as n from fleet.attempt a where a.worker = p.id group by outcome) o)
) as worker
from fleet.present p
where p.id::text = $1 or p.name = $1
order by p.id desc
limit 1
