select current_database() as name, to_json(fleet.now()) #>> '{}' as now
