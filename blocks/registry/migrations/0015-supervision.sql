-- Supervision looks at the alarms of all bodies together, the newest first.
create index alarm_all on registry.alarm (id);
