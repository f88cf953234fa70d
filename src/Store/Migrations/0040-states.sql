-- When a resource leaves its state by itself, and since when it waits in it for the operator.
alter table rw_resource add column due_at -- @time;
alter table rw_resource add column waits_since -- @time;
create index rw_resource_due on rw_resource (due_at) where due_at is not null;
create index rw_resource_waits on rw_resource (waits_since, id) where waits_since is not null;
