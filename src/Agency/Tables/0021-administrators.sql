-- Administrators of the platform are of no account: the operator makes them.
create table platform_administrators (
    id text not null primary key,
    email text not null unique,
    password_hash text not null,
    -- Rises when a token must no longer be good.
    session_epoch integer not null default 0,
    last_login_at -- @time,
    created_at -- @time not null,
    updated_at -- @time not null
);
