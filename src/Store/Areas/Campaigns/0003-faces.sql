-- What a customer's API keeps of campaigns, lists, targets and attempts beside what whoever dials reads.
alter table rw_target_list add column face text;
alter table rw_target_list add column doc -- @json;
alter table rw_target_list add column revision integer not null default 1;
alter table rw_target_list add column updated_at -- @time;
alter table rw_target_list add column deleted_at -- @time;
alter table rw_target_list add column campaign_id text;
create index rw_target_list_face on rw_target_list (tenant_id, face, created_at, id) where face is not null;
create index rw_target_list_campaign on rw_target_list (tenant_id, campaign_id) where campaign_id is not null;
alter table rw_campaign add column face text;
alter table rw_campaign add column doc -- @json;
alter table rw_campaign add column revision integer not null default 1;
alter table rw_campaign add column deleted_at -- @time;
create index rw_campaign_list on rw_campaign (list_id);
alter table rw_target add column doc -- @json;
alter table rw_target add column revision integer not null default 1;
create index rw_target_page on rw_target (list_id, created_at, id);
alter table rw_attempt add column refs -- @json;
alter table rw_attempt add column settled_at -- @time;
alter table rw_attempt add column deleted_at -- @time;
create index rw_attempt_face on rw_attempt (tenant_id, claimed_at, id) where refs is not null;
-- Nobody's telephone is rung by two campaigns at once. A SIP address may be many telephones, and says busy for itself.
drop index rw_attempt_live;
create unique index rw_attempt_live on rw_attempt (tenant_id, number)
    where state in ('claimed', 'dialled', 'answered') and substr(number, 1, 1) = '+';
