-- Where SIP users can be reached. The user's tenant is found by the name, which is unique on the node.
create table rw_registration (
    user_name text not null,
    contact text not null,
    transport -- @enum udp|tcp|tls|web_socket|secure_web_socket not null,
    remote text not null,
    call_id text not null,
    cseq bigint not null,
    quality integer not null,
    user_agent text not null,
    registered_at -- @time not null,
    expires_at -- @time not null,
    primary key (user_name, contact)
);
create index rw_registration_expires on rw_registration (expires_at);

-- Trunks that want us to register with them.
alter table rw_trunk add column registers boolean not null default false;
alter table rw_trunk add column registrar text;
alter table rw_trunk add column register_seconds integer not null default 3600;
