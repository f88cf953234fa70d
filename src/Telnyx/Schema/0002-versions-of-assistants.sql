-- An assistant is read with its versions, of which an account may have very many.
create index rw_resource_ai_assistant_version_assistant on rw_resource (tenant_id, -- @filter assistant_id, created_at, id)
    where kind = 'ai_assistant_version' and deleted_at is null;
