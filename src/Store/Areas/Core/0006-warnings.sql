-- What was asked for in calls, or of customers' servers, and was not done as asked: for people, account by account. Where source is webhook,
-- leg_id is what its message was ordered by, and that is not always a leg.
create table rw_warning (
    seq -- @seq,
    tenant_id text not null,
    at -- @time not null,
    source -- @enum document|webhook|command not null,
    leg_id text,
    url text,
    line integer,
    cause text not null
);
create index rw_warning_account on rw_warning (tenant_id, seq);
create index rw_warning_age on rw_warning (tenant_id, at);
