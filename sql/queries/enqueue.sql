-- $1 job, $2 volumes, $3 sizes (0: unknown), $4 versions ('' : as found), $5 priority.
-- Returns what was new; a volume that the job already has is skipped.
insert into fleet.task (job, volume, size, version, priority)
select $1, v.volume, v.size, v.version, $5
from unnest($2::text[], $3::bigint[], $4::text[]) as v(volume, size, version)
on conflict (volume, job, version, rerun) do nothing
returning id, volume
