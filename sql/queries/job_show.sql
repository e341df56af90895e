select to_jsonb(j) || jsonb_build_object('progress', to_jsonb(p) - 'job' - 'kind' - 'state') as job
from fleet.job j join fleet.progress p on p.job = j.name
where j.name = $1
