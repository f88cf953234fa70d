-- How far each batch has come, by the names of the documents: whoever reads the database finds it by them, and the program reads it not.
-- Whoever changes one of the tables below drops the view first and makes it again.
create view v_call_batch_summary as
select summed.id, summed.agency_id, summed.campaign_id, summed.status, summed.total_calls, summed.completed_count, summed.failed_count,
    summed.pending_count, summed.in_progress_count, case when summed.total_calls = 0 then 0
        else cast(round(100.0 * (summed.completed_count + summed.failed_count) / summed.total_calls) as integer) end as progress_pct,
    summed.created_at, summed.completed_at
from (
    select batch.id, batch.tenant_id as agency_id, batch.campaign_id, batch.status, batch.total_contacts as total_calls,
        (select count(*) from campaign_contacts c where c.batch_id = batch.id and c.status = 'completed') as completed_count,
        (select count(*) from campaign_contacts c where c.batch_id = batch.id and c.status = 'failed') as failed_count,
        (select count(*) from campaign_contacts c where c.batch_id = batch.id and c.status in ('pending', 'scheduled')) as pending_count,
        (select count(*) from campaign_contacts c where c.batch_id = batch.id and c.status = 'calling') as in_progress_count,
        batch.created_at, batch.completed_at
    from call_batches batch
) summed;
