-- An event happened to a subject: a leg, and later a conference or a queue. Ids are unique among all kinds, so the index by id serves each.
alter table rw_ledger rename column leg_id to subject_id;
alter table rw_ledger add column subject_kind text not null default 'leg';
