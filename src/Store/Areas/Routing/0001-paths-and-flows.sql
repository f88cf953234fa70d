-- Proxies between the node and a phone (RFC 3327), and which flow of which phone it is (RFC 5626).
alter table rw_registration add column path text not null default '[]';
alter table rw_registration add column instance text;
alter table rw_registration add column reg_id bigint not null default 0;
