select p.*, j.priority, j.output
from fleet.progress p join fleet.job j on j.name = p.job
order by p.job
