-- Which node delivers a message. A row that came into the table in another way than by a node's own insert is nobody's, 0, and for the first that looks.
alter table rw_outbox add column node integer not null default 0;

-- Its node is to look for it: another node wrote it, or had it before.
alter table rw_outbox add column is_handed_over boolean not null default true;
create index rw_outbox_handed_over on rw_outbox (node, seq) where is_handed_over;

-- A node's word that it is alive, which it changes all the time, and how often another one has taken over what it was to deliver.
alter table rw_node add column beat bigint not null default 0;
alter table rw_node add column losses integer not null default 0;

-- Commands on their way to a call of another node, and the answers back.
create table rw_forwarded_command (
    id text not null primary key,
    from_node integer not null,
    to_node integer not null,
    subject_kind text not null,
    subject_id text not null,
    body text not null,
    is_taken boolean not null,
    answer text,
    made_at -- @time not null
);
