-- How many messages wait for a SIP user, as whatever takes them has said (RFC 3842). No row is none. Urgent ones are among the others.
create table rw_waiting_messages (
    tenant_id text not null references rw_tenant (id),
    user_name text not null,
    new_messages integer not null,
    old_messages integer not null,
    urgent_new integer not null,
    urgent_old integer not null,
    updated_at -- @time not null,
    primary key (tenant_id, user_name)
);
