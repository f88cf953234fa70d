-- Sign-ins that have not ended: a token names the one that it is of.
create table user_sessions (
    id text not null primary key,
    tenant_id text not null references rw_tenant (id),
    user_id text not null references users (id),
    -- How often its refresh token was changed for another one.
    turn integer not null default 0,
    created_at -- @time not null,
    used_at -- @time not null,
    ends_at -- @time not null
);
create index user_sessions_user on user_sessions (tenant_id, user_id, used_at, id);
