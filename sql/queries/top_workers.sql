-- Those who are here, and for ten minutes those who left.
select id::double precision as id, name, host, case state when 'silent' then 'active' else state end as state,
  reason, status_url as "statusUrl",
  beat_age as "beatAgeSeconds", extract(epoch from expires_at - fleet.now())::double precision as "leaseSeconds",
  slots, running::double precision as "tasksRunning", to_json(started_at) #>> '{}' as "startedAt"
from fleet.present
where stopped_at is null or stopped_at > fleet.now() - interval '10 minutes'
order by id
