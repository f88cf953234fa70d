-- Codes that accounts had sent to numbers of their users, by text or by call, and what came of each.
create table rw_sent_code (
    seq -- @seq,
    id text not null unique,
    tenant_id text not null references rw_tenant (id),
    profile_id text not null,
    number text not null,
    -- The number without its last two digits: whoever pumps texts for money has blocks of numbers.
    block text not null,
    way -- @enum sms|call not null,
    -- Sealed; empty when it counts no more.
    code text not null,
    is_custom boolean not null,
    state -- @enum pending|accepted|invalid|expired not null,
    wrong_codes integer not null,
    timeout_secs integer not null,
    -- The text that told it.
    text_id text,
    created_at -- @time not null,
    updated_at -- @time not null
);
create index rw_sent_code_asked on rw_sent_code (tenant_id, profile_id, number, seq);
create index rw_sent_code_number on rw_sent_code (number, created_at);
create index rw_sent_code_block on rw_sent_code (block, created_at);
create index rw_sent_code_age on rw_sent_code (tenant_id, created_at, id);
