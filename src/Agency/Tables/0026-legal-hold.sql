-- What is kept of a call stays until somebody takes the hold back.
alter table calls add column legal_hold boolean not null default false;
-- When its recording went because it was old.
alter table calls add column recording_deleted_at -- @time;
