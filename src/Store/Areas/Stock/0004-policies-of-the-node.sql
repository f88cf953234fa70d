-- Who decides on what accounts ask for, where an account has no policy of its own.
create table rw_node_policy (
    kind text not null primary key,
    value text not null,
    updated_at -- @time not null
);
