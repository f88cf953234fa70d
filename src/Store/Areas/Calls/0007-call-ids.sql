-- The Call-ID of the leg's INVITE: of one that came from its first row on, of one that went out from its end on; of several that were
-- sent, of the one that was answered or failed last. Null where none came over the network.
alter table rw_leg add column sip_call_id text;
