select job as name, kind, state,
  jsonb_build_object('blocked', blocked, 'ready', ready, 'running', running,
                     'done', done, 'dead', dead, 'cancelled', cancelled) as tasks,
  pages_done::double precision as "pagesDone", pages_failed::double precision as "pagesFailed",
  pages_known::double precision as "pagesKnown", tasks_sized::double precision as "tasksSized",
  pages_per_second::double precision as "pagesPerSecond",
  extract(epoch from eta)::double precision as "etaSeconds"
from fleet.progress
order by job
