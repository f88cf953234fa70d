-- What an account's name is shown with, and what its requests for documents are signed with; sealed. Null for accounts of before, until
-- the operator makes one.
alter table rw_signing_key add column auth_token text;
