-- Names of the documents for what the dialler keeps for all APIs: whoever reads the database finds it by them. The program reads none of
-- these. Whoever changes one of the tables below drops the view first and makes it again.
create view dnc_entries as
select entry.id, case when entry.tenant_id is null then 'platform' when account.parent_id is null then 'agency' else 'client' end as scope,
    coalesce(account.parent_id, account.id) as agency_id, case when account.parent_id is null then null else account.id end as client_id,
    entry.number as phone_number, entry.reason, entry.source, entry.leg_id as source_call_id, entry.evidence,
    entry.is_provisional as provisional, entry.expires_at, entry.added_by, entry.created_at as added_at
from rw_do_not_call entry left join rw_tenant account on account.id = entry.tenant_id;
create view consent_records as
select consent.id, coalesce(account.parent_id, account.id) as agency_id,
    case when account.parent_id is null then null else account.id end as client_id, consent.number as phone_number, consent.kind,
    consent.channel, consent.source, consent.text_version, consent.evidence, consent.given_at as captured_at, consent.revoked_at,
    consent.revoked_by
from rw_consent consent join rw_tenant account on account.id = consent.tenant_id;
create view dial_attempts as
select attempt.id, coalesce(account.parent_id, account.id) as agency_id,
    case when account.parent_id is null then null else account.id end as client_id, batch.id as batch_id, contact.id as contact_id,
    attempt.leg_uuid as call_id, attempt.from_party as from_number, attempt.number as to_number, attempt.try as attempt_no,
    attempt.claimed_at as decided_at, attempt.dialled_at as dialed_at, attempt.ended_at, attempt.result, attempt.reason
from rw_attempt attempt join rw_tenant account on account.id = attempt.tenant_id
left join call_batches batch on batch.id = attempt.campaign_id left join campaign_contacts contact on contact.id = attempt.target_id;
