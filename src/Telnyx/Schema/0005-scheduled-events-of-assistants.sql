-- An assistant is asked for what it is to do one day, and an account may have very many of that.
create index rw_resource_ai_scheduled_event_assistant on rw_resource (tenant_id, -- @filter assistant_id, created_at, id)
    where kind = 'ai_scheduled_event' and deleted_at is null;
