-- Who has more than one address, or one that is no number, is looked for by each request that says of somebody that nobody is to call him,
-- and a list of a million comes in a thousand requests: those who have one number are not read. It is a value and not a condition alone:
-- PostgreSQL takes it that nearly all rows fulfil "not like", and would read the whole table; of values it knows how many there are.
create index rw_target_further on rw_target (
    (case when identity_key is null or cast(destinations as text) not like '["+%",null,null,null,null]' then list_id end))
    where deleted_at is null and doc is null
        and case when identity_key is null or cast(destinations as text) not like '["+%",null,null,null,null]' then list_id end is not null;
