-- A carrier that is asked by HTTP: how, and the hash of the secret in the path at which it tells what became of texts.
alter table rw_text_carrier add column http -- @json;
alter table rw_text_carrier add column secret_hash text;
