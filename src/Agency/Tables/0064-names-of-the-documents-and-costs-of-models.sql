-- What a language model has said that it costs to judge the call, all tries together, in millionths of a US dollar; null where none has.
alter table calls add column analysis_cost_micros bigint;
-- The same of all calls of an hour.
alter table agency_hour_sums add column llm_micros bigint not null default 0;
-- Names of the documents for what has another one: whoever reads the database finds it by them, and the program reads none of these.
-- Whoever changes one of the tables below drops the view first and makes it again.
create view ultravox_voices as
select voice.id, voice.tenant_id as agency_id, voice.name, voice.description, voice.primary_language, voice.preview_url,
    'ultravox' as provider, voice.is_public, voice.synced_at
from agency_voices voice;
create view audit_log as
select entry.id, coalesce(account.parent_id, account.id) as agency_id,
    case when account.parent_id is null then null else account.id end as client_id,
    case when entry.key_id like 'user %' then substr(entry.key_id, 6) end as actor_user_id,
    case when entry.key_id like 'user %' then 'user' else entry.made_by end as actor_kind, entry.change_type as action,
    entry.record_type as resource, entry.resource_id, entry.changes, entry.at
from rw_audit_event entry join rw_tenant account on account.id = entry.tenant_id;
-- @only sqlite
create view call_tags as
select noted.id as call_id, noted.tenant_id as agency_id, noted.client_id, tag.value as tag
from calls noted, json_each(noted.tags) tag where noted.tags is not null;
create view outbound_webhooks as
select hook.id, hook.tenant_id as agency_id, json_extract(hook.doc, '$.client_id') as client_id, json_extract(hook.doc, '$.url') as url,
    json_extract(hook.doc, '$.events') as events, json_extract(hook.doc, '$.is_active') as is_active, hook.created_at, hook.updated_at
from rw_resource hook where hook.kind = 'agency_outbound_webhook' and hook.deleted_at is null;
-- @end
-- @only postgres
create view call_tags as
select noted.id as call_id, noted.tenant_id as agency_id, noted.client_id, tag.value as tag
from calls noted cross join lateral json_array_elements_text(noted.tags) as tag (value) where noted.tags is not null;
create view outbound_webhooks as
select hook.id, hook.tenant_id as agency_id, hook.doc ->> 'client_id' as client_id, hook.doc ->> 'url' as url,
    hook.doc -> 'events' as events, (hook.doc ->> 'is_active')::boolean as is_active, hook.created_at, hook.updated_at
from rw_resource hook where hook.kind = 'agency_outbound_webhook' and hook.deleted_at is null;
-- Who is bound to the rows of one agency reads its voices, too, and the views that are made of bound tables alone.
create or replace function agency_bind_rows() returns boolean language plpgsql as $bind$
declare
    account constant varchar = 'tenant_id = current_setting(''ringwright.tenant'', true)';
    client constant varchar = 'coalesce(current_setting(''ringwright.client'', true), '''')';
    place varchar;
    rule varchar;
begin
    -- The role is the server's, not the database's: the program may not be allowed to make it, and another database may have made it.
    if not exists (select from pg_roles where rolname = 'ringwright_tenant') then
        begin
            create role ringwright_tenant nologin;
        exception when duplicate_object or unique_violation then
            null;
        end;
    end if;
    if not has_schema_privilege('ringwright_tenant', current_schema(), 'usage') then
        execute format('grant usage on schema %I to ringwright_tenant', current_schema());
    end if;
    for place in
        select c.relname from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id' and not a.attisdropped
        where c.relnamespace = current_schema()::regnamespace and c.relkind = 'r' and (c.relname like 'agency\_%' or c.relname in (
            'agencies', 'clients', 'users', 'campaigns', 'agent_mappings', 'call_batches', 'campaign_contacts', 'calls', 'call_notes',
            'call_turns', 'imports', 'enrichment_queue', 'historical_sync_jobs', 'historical_sync_errors', 'provider_calls', 'rate_plans',
            'usage_ledger', 'api_keys', 'idempotency_keys', 'user_sessions', 'webhook_queue', 'webhook_logs'))
    loop
        rule = account || case
            when place = 'agencies' then ''
            when place = 'clients' then format(' and %s in ('''', id)', client)
            when place in ('users', 'campaigns', 'agency_phone_numbers', 'call_batches', 'calls', 'call_notes', 'imports', 'usage_ledger')
                then format(' and %s in ('''', client_id)', client)
            when place = 'campaign_contacts' then format(' and (%s = '''' or exists (select from campaigns c'
                ' where c.tenant_id = campaign_contacts.tenant_id and c.id = campaign_contacts.campaign_id and c.client_id = %s))',
                client, client)
            when place = 'call_turns' then format(' and (%s = '''' or exists (select from calls c'
                ' where c.tenant_id = call_turns.tenant_id and c.id = call_turns.call_id and c.client_id = %s))', client, client)
            else format(' and %s = ''''', client)
        end;
        execute format('drop policy if exists rows_of_all on %I', place);
        execute format('create policy rows_of_all on %I using (true)', place);
        execute format('drop policy if exists rows_of_one_account on %I', place);
        execute format('create policy rows_of_one_account on %I as restrictive to ringwright_tenant using (%s)', place, rule);
        execute format('alter table %I enable row level security', place);
    end loop;
    -- What holds no secret, and is not the node's own bookkeeping.
    grant select on agencies, clients, campaigns, agent_mappings, agency_phone_numbers, call_batches, campaign_contacts, calls, call_notes,
        call_turns, imports, agency_tools, agency_alerts, rate_plans, usage_ledger, enrichment_queue, historical_sync_jobs
        to ringwright_tenant;
    grant select (id, tenant_id, client_id, email, full_name, role, status, last_login_at, created_at, updated_at) on users
        to ringwright_tenant;
    grant select on agency_voices to ringwright_tenant;
    -- A view that reads as whoever asks is bound by the rules of its tables. Before 15 a server has none such: the role reads no view.
    if current_setting('server_version_num')::integer >= 150000 then
        foreach place in array array['ultravox_voices', 'call_tags', 'v_call_batch_summary', 'v_campaign_progress'] loop
            execute format('alter view %I set (security_invoker = true)', place);
            execute format('grant select on %I to ringwright_tenant', place);
        end loop;
    end if;
    return true;
exception when insufficient_privilege then
    -- All of it is undone. Whoever may makes the role, and this is called once more.
    return false;
end
$bind$;
select agency_bind_rows();
-- @end
