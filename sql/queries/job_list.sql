select p.job, p.kind, p.state, p.blocked::float8, p.ready::float8, p.running::float8, p.done::float8, p.dead::float8,
  p.cancelled::float8, p.pages_done::float8, p.pages::float8, p.pages_failed::float8, p.pages_per_second::float8,
  extract(epoch from p.eta)::float8 as eta_seconds, j.priority, j.output
from fleet.progress p join fleet.job j on j.name = p.job
order by p.job
