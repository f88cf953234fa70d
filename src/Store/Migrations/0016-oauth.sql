-- What access tokens are signed with, sealed. The newest that everybody had time to hear of signs; those before it stay until their last token is over.
create table rw_oauth_key (
    number integer not null primary key,
    secret text not null,
    created_at -- @time not null
);

-- Programs that may ask for tokens. One that registered itself belongs to nobody.
create table rw_oauth_client (
    id text not null primary key,
    tenant_id text references rw_tenant (id),
    scopes text not null,
    secret text,
    doc -- @json not null,
    revision bigint not null,
    created_at -- @time not null,
    updated_at -- @time not null
);
create index rw_oauth_client_tenant on rw_oauth_client (tenant_id, created_at, id);

-- What an account has allowed a program: one row for both, with all that was ever allowed and not taken back. The program may be another account's, which
-- goes its own ways: nothing here refers to its row, and without it nothing here is good.
create table rw_oauth_grant (
    tenant_id text not null references rw_tenant (id),
    id text not null unique,
    client_id text not null,
    scopes text not null,
    created_at -- @time not null,
    last_used_at -- @time,
    primary key (tenant_id, client_id)
);
create index rw_oauth_grant_client on rw_oauth_grant (client_id);

-- Consent tokens that were decided; none is decided twice.
create table rw_oauth_consent (
    id text not null primary key,
    tenant_id text not null references rw_tenant (id),
    expires_at -- @time not null
);

-- All tokens that came from one approval by the person, or one request of the program itself. They end together.
create table rw_oauth_family (
    id text not null primary key,
    tenant_id text not null references rw_tenant (id),
    client_id text not null,
    grant_id text references rw_oauth_grant (id),
    scopes text not null,
    created_at -- @time not null,
    expires_at -- @time not null
);
create index rw_oauth_family_client on rw_oauth_family (client_id);
create index rw_oauth_family_grant on rw_oauth_family (grant_id);
create index rw_oauth_family_expires on rw_oauth_family (expires_at);

-- Authorization codes by their SHA-256. A code that was exchanged keeps the family that it gave rise to.
create table rw_oauth_code (
    hash text not null primary key,
    tenant_id text not null references rw_tenant (id),
    client_id text not null,
    grant_id text not null references rw_oauth_grant (id),
    redirect_uri text not null,
    scopes text not null,
    challenge text,
    expires_at -- @time not null,
    family_id text
);
create index rw_oauth_code_grant on rw_oauth_code (grant_id);
create index rw_oauth_code_expires on rw_oauth_code (expires_at);

-- Refresh tokens by their SHA-256, those that were exchanged too: seeing one again ends its family.
create table rw_oauth_refresh (
    hash text not null primary key,
    tenant_id text not null references rw_tenant (id),
    family_id text not null references rw_oauth_family (id),
    used_at -- @time
);
create index rw_oauth_refresh_family on rw_oauth_refresh (family_id);
