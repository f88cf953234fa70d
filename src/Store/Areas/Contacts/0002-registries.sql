-- National do-not-call registries, each as it was when the operator last brought it in; and numbers that are being brought in.
create table rw_registry (
    name text not null primary key,
    prefix text not null,
    load_id text not null,
    numbers bigint not null,
    warns_when_stale boolean not null,
    taken_at -- @time not null,
    loaded_at -- @time not null
);
create table rw_registry_load (
    id text not null primary key,
    numbers bigint not null,
    created_at -- @time not null
);
create table rw_registry_number (
    load_id text not null,
    number text not null,
    primary key (load_id, number)
);
