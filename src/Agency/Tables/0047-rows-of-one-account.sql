-- Row security: under the role ringwright_tenant, and roles that are in it, a reader sees the rows of the agency that the setting
-- ringwright.tenant names, and where ringwright.client names a client those of the client. Nobody else is bound: rows are the owner's, as
-- which the program connects, and the policies restrict that role alone. Whoever adds a table of the agency has it bound here anew.
-- @only postgres
create function agency_bind_rows() returns boolean language plpgsql as $bind$
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
    return true;
exception when insufficient_privilege then
    -- All of it is undone. Whoever may makes the role, and this is called once more.
    return false;
end
$bind$;
select agency_bind_rows();
-- @end
