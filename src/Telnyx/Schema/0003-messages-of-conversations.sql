-- A conversation is read with its messages, of which an account has very many.
create index rw_resource_ai_message_conversation on rw_resource (tenant_id, -- @filter conversation_id, created_at, id)
    where kind = 'ai_message' and deleted_at is null;
