-- When somebody has said that a contact wants to be called, until that is arranged, and how often it got one attempt more for it.
alter table campaign_contacts add column callback_at -- @time;
alter table campaign_contacts add column callbacks integer not null default 0;
create index campaign_contacts_callback on campaign_contacts (batch_id) where callback_at is not null;
