-- A conversation is read with what was found out of it, and an account may have very many of both.
create index rw_resource_ai_conversation_insight_conversation on rw_resource (tenant_id, -- @filter conversation_id, created_at, id)
    where kind = 'ai_conversation_insight' and deleted_at is null;
