-- How a trunk is reached: without a transport its name's records say (RFC 3263); port 0 looks for them too.
alter table rw_trunk add column transport -- @enum udp|tcp|tls;
alter table rw_trunk add column nat -- @enum auto|trust_contact|source not null default 'auto';
-- What it must prove over TLS, and our own certificate for it; the key is encrypted.
alter table rw_trunk add column tls -- @json not null default '{}';
alter table rw_trunk add column tls_key text;

-- By which transport a message of a call's black box went; before this there was UDP alone.
alter table rw_trace add column transport -- @enum udp|tcp|tls;
