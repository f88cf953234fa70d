-- What no text of this node may say: the operator's rules, for all accounts.
create table rw_text_content (
    id text not null primary key,
    phrase text not null unique,
    created_at -- @time not null
);
