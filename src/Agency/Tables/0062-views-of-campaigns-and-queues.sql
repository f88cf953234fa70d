-- How far each campaign has come, and what waits in the queues of each agency, by the names of the documents: whoever reads the database
-- finds it by them, and the program reads it not. Whoever changes one of the tables below drops the view first and makes it again.
create view v_campaign_progress as
select campaign.id as campaign_id, campaign.tenant_id as agency_id, campaign.client_id, count(contact.id) as contacts,
    count(case when contact.status = 'pending' then 1 end) as pending_count,
    count(case when contact.status = 'scheduled' then 1 end) as scheduled_count,
    count(case when contact.status = 'calling' then 1 end) as calling_count,
    count(case when contact.status = 'completed' then 1 end) as completed_count,
    count(case when contact.status = 'failed' then 1 end) as failed_count,
    count(case when contact.outcome = 'answered' then 1 end) as answered_count,
    count(case when contact.outcome = 'no_answer' then 1 end) as no_answer_count,
    count(case when contact.outcome = 'voicemail' then 1 end) as voicemail_count,
    count(case when contact.outcome = 'busy' then 1 end) as busy_count,
    count(case when contact.outcome = 'declined' then 1 end) as declined_count,
    count(case when contact.outcome = 'callback_scheduled' then 1 end) as callback_scheduled_count,
    coalesce(sum(contact.attempts), 0) as attempts, min(contact.next_attempt_at) as next_due_at
from campaigns campaign
left join campaign_contacts contact on contact.tenant_id = campaign.tenant_id and contact.campaign_id = campaign.id
group by campaign.id, campaign.tenant_id, campaign.client_id;
-- @only sqlite
create view v_queue_health as
select entry.tenant_id as agency_id, entry.queue, count(case when entry.status = 'pending' then 1 end) as pending,
    count(case when entry.status = 'processing' then 1 end) as processing,
    count(case when entry.status = 'failed' and entry.next_retry_at is not null then 1 end) as retryable,
    count(case when entry.status = 'failed' and entry.next_retry_at is null then 1 end) as dead,
    cast(strftime('%s', 'now') as integer)
        - cast(strftime('%s', min(case when entry.status = 'pending' then entry.created_at end)) as integer) as oldest_pending_age_seconds
from (
    select tenant_id, 'webhook' as queue, status, next_retry_at, created_at from webhook_queue
    union all select tenant_id, 'enrichment' as queue, status, next_retry_at, created_at from enrichment_queue
) entry group by entry.tenant_id, entry.queue;
-- @end
-- @only postgres
create view v_queue_health as
select entry.tenant_id as agency_id, entry.queue, count(case when entry.status = 'pending' then 1 end) as pending,
    count(case when entry.status = 'processing' then 1 end) as processing,
    count(case when entry.status = 'failed' and entry.next_retry_at is not null then 1 end) as retryable,
    count(case when entry.status = 'failed' and entry.next_retry_at is null then 1 end) as dead,
    cast(extract(epoch from now() - min(case when entry.status = 'pending' then entry.created_at end)) as bigint)
        as oldest_pending_age_seconds
from (
    select tenant_id, 'webhook' as queue, status, next_retry_at, created_at from webhook_queue
    union all select tenant_id, 'enrichment' as queue, status, next_retry_at, created_at from enrichment_queue
) entry group by entry.tenant_id, entry.queue;
-- @end
