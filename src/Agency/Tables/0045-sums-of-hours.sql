-- Figures do not read calls. What the calls of an hour (of UTC) have come to is kept for each account, and an hour in which anything has
-- changed is marked in the same transaction, whoever writes: a mark says that what is kept of the hour is not to be read.
create table agency_hours (
    tenant_id text not null,
    starts_at -- @time not null,
    added_at -- @time not null,
    primary key (tenant_id, starts_at)
);
create table agency_hour_sums (
    tenant_id text not null,
    starts_at -- @time not null,
    direction text not null,
    answered integer not null,
    ended integer not null,
    cause text,
    disposition text,
    calls bigint not null,
    talk bigint not null,
    billed bigint not null,
    analyzed bigint not null,
    judged bigint not null,
    talked bigint not null,
    scripted bigint not null,
    adherence bigint not null,
    interruptions bigint not null,
    objections bigint not null,
    handled bigint not null,
    signals bigint not null,
    leads bigint not null,
    booked bigint not null,
    positive bigint not null,
    neutral bigint not null,
    negative bigint not null
);
create index agency_hour_sums_at on agency_hour_sums (tenant_id, starts_at);
create table agency_hour_costs (
    tenant_id text not null,
    starts_at -- @time not null,
    direction text not null,
    currency text,
    micros bigint not null
);
create index agency_hour_costs_at on agency_hour_costs (tenant_id, starts_at);
-- One row for each change, so that writers never wait for each other. The last moment of the hour is that of the clock of the tables.
create table agency_hour_marks (
    seq -- @seq,
    tenant_id text not null,
    starts_at -- @time not null,
    last_at -- @time not null
);
create index agency_hour_marks_at on agency_hour_marks (tenant_id, starts_at);
-- Whatever the figures are added up from tells of its changes; rows of accounts that no agency has tell of none.
-- @only sqlite
create trigger agency_hour_leg_insert after insert on rw_leg begin
    insert into agency_hour_marks (tenant_id, starts_at, last_at)
    select t.id, substr(new.started_at, 1, 13) || ':00:00.000000Z', substr(new.started_at, 1, 13) || ':59:59.999999Z'
    from rw_tenant t join agencies g on g.tenant_id = coalesce(t.parent_id, t.id) where t.id = new.tenant_id;
end;
create trigger agency_hour_leg_update after update of tenant_id, uuid, direction, started_at, answered_at, ended_at, cause on rw_leg begin
    insert into agency_hour_marks (tenant_id, starts_at, last_at)
    select t.id, substr(old.started_at, 1, 13) || ':00:00.000000Z', substr(old.started_at, 1, 13) || ':59:59.999999Z'
    from rw_tenant t join agencies g on g.tenant_id = coalesce(t.parent_id, t.id) where t.id = old.tenant_id;
    insert into agency_hour_marks (tenant_id, starts_at, last_at)
    select t.id, substr(new.started_at, 1, 13) || ':00:00.000000Z', substr(new.started_at, 1, 13) || ':59:59.999999Z'
    from rw_tenant t join agencies g on g.tenant_id = coalesce(t.parent_id, t.id) where t.id = new.tenant_id;
end;
create trigger agency_hour_leg_delete after delete on rw_leg begin
    insert into agency_hour_marks (tenant_id, starts_at, last_at)
    select t.id, substr(old.started_at, 1, 13) || ':00:00.000000Z', substr(old.started_at, 1, 13) || ':59:59.999999Z'
    from rw_tenant t join agencies g on g.tenant_id = coalesce(t.parent_id, t.id) where t.id = old.tenant_id;
end;
create trigger agency_hour_record_insert after insert on rw_call_record begin
    insert into agency_hour_marks (tenant_id, starts_at, last_at)
    select t.id, substr(l.started_at, 1, 13) || ':00:00.000000Z', substr(l.started_at, 1, 13) || ':59:59.999999Z'
    from rw_leg l join rw_tenant t on t.id = l.tenant_id
    join agencies g on g.tenant_id = coalesce(t.parent_id, t.id) where l.id = new.leg_id;
end;
create trigger agency_hour_record_update after update on rw_call_record begin
    insert into agency_hour_marks (tenant_id, starts_at, last_at)
    select t.id, substr(l.started_at, 1, 13) || ':00:00.000000Z', substr(l.started_at, 1, 13) || ':59:59.999999Z'
    from rw_leg l join rw_tenant t on t.id = l.tenant_id
    join agencies g on g.tenant_id = coalesce(t.parent_id, t.id) where l.id = old.leg_id;
    insert into agency_hour_marks (tenant_id, starts_at, last_at)
    select t.id, substr(l.started_at, 1, 13) || ':00:00.000000Z', substr(l.started_at, 1, 13) || ':59:59.999999Z'
    from rw_leg l join rw_tenant t on t.id = l.tenant_id
    join agencies g on g.tenant_id = coalesce(t.parent_id, t.id) where l.id = new.leg_id;
end;
create trigger agency_hour_record_delete after delete on rw_call_record begin
    insert into agency_hour_marks (tenant_id, starts_at, last_at)
    select t.id, substr(l.started_at, 1, 13) || ':00:00.000000Z', substr(l.started_at, 1, 13) || ':59:59.999999Z'
    from rw_leg l join rw_tenant t on t.id = l.tenant_id
    join agencies g on g.tenant_id = coalesce(t.parent_id, t.id) where l.id = old.leg_id;
end;
create trigger agency_hour_note_insert after insert on calls begin
    insert into agency_hour_marks (tenant_id, starts_at, last_at)
    select t.id, substr(l.started_at, 1, 13) || ':00:00.000000Z', substr(l.started_at, 1, 13) || ':59:59.999999Z'
    from rw_tenant t join agencies g on g.tenant_id = coalesce(t.parent_id, t.id) join rw_leg l on l.tenant_id = t.id and l.uuid = new.id
    where t.id = new.tenant_id or t.parent_id = new.tenant_id;
end;
create trigger agency_hour_note_update after update on calls begin
    insert into agency_hour_marks (tenant_id, starts_at, last_at)
    select t.id, substr(l.started_at, 1, 13) || ':00:00.000000Z', substr(l.started_at, 1, 13) || ':59:59.999999Z'
    from rw_tenant t join agencies g on g.tenant_id = coalesce(t.parent_id, t.id) join rw_leg l on l.tenant_id = t.id and l.uuid = old.id
    where t.id = old.tenant_id or t.parent_id = old.tenant_id;
    insert into agency_hour_marks (tenant_id, starts_at, last_at)
    select t.id, substr(l.started_at, 1, 13) || ':00:00.000000Z', substr(l.started_at, 1, 13) || ':59:59.999999Z'
    from rw_tenant t join agencies g on g.tenant_id = coalesce(t.parent_id, t.id) join rw_leg l on l.tenant_id = t.id and l.uuid = new.id
    where t.id = new.tenant_id or t.parent_id = new.tenant_id;
end;
create trigger agency_hour_note_delete after delete on calls begin
    insert into agency_hour_marks (tenant_id, starts_at, last_at)
    select t.id, substr(l.started_at, 1, 13) || ':00:00.000000Z', substr(l.started_at, 1, 13) || ':59:59.999999Z'
    from rw_tenant t join agencies g on g.tenant_id = coalesce(t.parent_id, t.id) join rw_leg l on l.tenant_id = t.id and l.uuid = old.id
    where t.id = old.tenant_id or t.parent_id = old.tenant_id;
end;
create trigger agency_hour_attempt_insert after insert on rw_attempt begin
    insert into agency_hour_marks (tenant_id, starts_at, last_at)
    select t.id, substr(l.started_at, 1, 13) || ':00:00.000000Z', substr(l.started_at, 1, 13) || ':59:59.999999Z'
    from rw_leg l join rw_tenant t on t.id = l.tenant_id join agencies g on g.tenant_id = coalesce(t.parent_id, t.id)
    where l.tenant_id = new.tenant_id and l.uuid = new.leg_uuid;
end;
create trigger agency_hour_attempt_update after update of tenant_id, campaign_id, leg_uuid on rw_attempt begin
    insert into agency_hour_marks (tenant_id, starts_at, last_at)
    select t.id, substr(l.started_at, 1, 13) || ':00:00.000000Z', substr(l.started_at, 1, 13) || ':59:59.999999Z'
    from rw_leg l join rw_tenant t on t.id = l.tenant_id join agencies g on g.tenant_id = coalesce(t.parent_id, t.id)
    where l.tenant_id = old.tenant_id and l.uuid = old.leg_uuid;
    insert into agency_hour_marks (tenant_id, starts_at, last_at)
    select t.id, substr(l.started_at, 1, 13) || ':00:00.000000Z', substr(l.started_at, 1, 13) || ':59:59.999999Z'
    from rw_leg l join rw_tenant t on t.id = l.tenant_id join agencies g on g.tenant_id = coalesce(t.parent_id, t.id)
    where l.tenant_id = new.tenant_id and l.uuid = new.leg_uuid;
end;
create trigger agency_hour_attempt_delete after delete on rw_attempt begin
    insert into agency_hour_marks (tenant_id, starts_at, last_at)
    select t.id, substr(l.started_at, 1, 13) || ':00:00.000000Z', substr(l.started_at, 1, 13) || ':59:59.999999Z'
    from rw_leg l join rw_tenant t on t.id = l.tenant_id join agencies g on g.tenant_id = coalesce(t.parent_id, t.id)
    where l.tenant_id = old.tenant_id and l.uuid = old.leg_uuid;
end;
create trigger agency_hour_batch_insert after insert on call_batches when new.is_test begin
    insert into agency_hour_marks (tenant_id, starts_at, last_at)
    select distinct t.id, substr(l.started_at, 1, 13) || ':00:00.000000Z', substr(l.started_at, 1, 13) || ':59:59.999999Z'
    from rw_attempt a join rw_leg l on l.tenant_id = a.tenant_id and l.uuid = a.leg_uuid join rw_tenant t on t.id = l.tenant_id
    join agencies g on g.tenant_id = coalesce(t.parent_id, t.id) where a.campaign_id = new.id;
end;
create trigger agency_hour_batch_update after update of is_test on call_batches begin
    insert into agency_hour_marks (tenant_id, starts_at, last_at)
    select distinct t.id, substr(l.started_at, 1, 13) || ':00:00.000000Z', substr(l.started_at, 1, 13) || ':59:59.999999Z'
    from rw_attempt a join rw_leg l on l.tenant_id = a.tenant_id and l.uuid = a.leg_uuid join rw_tenant t on t.id = l.tenant_id
    join agencies g on g.tenant_id = coalesce(t.parent_id, t.id) where a.campaign_id = new.id;
end;
create trigger agency_hour_batch_delete after delete on call_batches when old.is_test begin
    insert into agency_hour_marks (tenant_id, starts_at, last_at)
    select distinct t.id, substr(l.started_at, 1, 13) || ':00:00.000000Z', substr(l.started_at, 1, 13) || ':59:59.999999Z'
    from rw_attempt a join rw_leg l on l.tenant_id = a.tenant_id and l.uuid = a.leg_uuid join rw_tenant t on t.id = l.tenant_id
    join agencies g on g.tenant_id = coalesce(t.parent_id, t.id) where a.campaign_id = old.id;
end;
create trigger agency_hour_agency_insert after insert on agencies begin
    insert into agency_hour_marks (tenant_id, starts_at, last_at)
    select distinct t.id, substr(l.started_at, 1, 13) || ':00:00.000000Z', substr(l.started_at, 1, 13) || ':59:59.999999Z'
    from rw_tenant t join rw_leg l on l.tenant_id = t.id where t.id = new.tenant_id or t.parent_id = new.tenant_id;
end;
create trigger agency_hour_agency_delete after delete on agencies begin
    delete from agency_hours where tenant_id = old.tenant_id
        or tenant_id in (select id from rw_tenant where parent_id = old.tenant_id);
    delete from agency_hour_sums where tenant_id = old.tenant_id
        or tenant_id in (select id from rw_tenant where parent_id = old.tenant_id);
    delete from agency_hour_costs where tenant_id = old.tenant_id
        or tenant_id in (select id from rw_tenant where parent_id = old.tenant_id);
    delete from agency_hour_marks where tenant_id = old.tenant_id
        or tenant_id in (select id from rw_tenant where parent_id = old.tenant_id);
end;
create trigger agency_hour_account_delete after delete on rw_tenant begin
    delete from agency_hours where tenant_id = old.id;
    delete from agency_hour_sums where tenant_id = old.id;
    delete from agency_hour_costs where tenant_id = old.id;
    delete from agency_hour_marks where tenant_id = old.id;
end;
insert into agency_hour_marks (tenant_id, starts_at, last_at)
select distinct t.id, substr(l.started_at, 1, 13) || ':00:00.000000Z', substr(l.started_at, 1, 13) || ':59:59.999999Z'
from rw_tenant t join agencies g on g.tenant_id = coalesce(t.parent_id, t.id) join rw_leg l on l.tenant_id = t.id;
-- @end
-- @only postgres
create function agency_mark_hour(account text, moment timestamptz) returns void language sql as $mark$
    insert into agency_hour_marks (tenant_id, starts_at, last_at)
    select t.id, date_trunc('hour', $2 at time zone 'UTC') at time zone 'UTC',
        date_trunc('hour', $2 at time zone 'UTC') at time zone 'UTC'
            + interval '1 hour' - interval '1 microsecond'
    from rw_tenant t join agencies g on g.tenant_id = coalesce(t.parent_id, t.id) where t.id = $1
$mark$;
create function agency_mark_leg() returns trigger language plpgsql as $mark$
begin
    if tg_op <> 'INSERT' then
        perform agency_mark_hour(old.tenant_id, old.started_at);
    end if;
    if tg_op <> 'DELETE' then
        perform agency_mark_hour(new.tenant_id, new.started_at);
    end if;
    return null;
end
$mark$;
create function agency_mark_record() returns trigger language plpgsql as $mark$
begin
    if tg_op <> 'INSERT' then
        perform agency_mark_hour(l.tenant_id, l.started_at) from rw_leg l where l.id = old.leg_id;
    end if;
    if tg_op <> 'DELETE' then
        perform agency_mark_hour(l.tenant_id, l.started_at) from rw_leg l where l.id = new.leg_id;
    end if;
    return null;
end
$mark$;
create function agency_mark_note() returns trigger language plpgsql as $mark$
begin
    if tg_op <> 'INSERT' then
        perform agency_mark_hour(l.tenant_id, l.started_at)
            from rw_tenant t join rw_leg l on l.tenant_id = t.id and l.uuid = old.id
            where t.id = old.tenant_id or t.parent_id = old.tenant_id;
    end if;
    if tg_op <> 'DELETE' then
        perform agency_mark_hour(l.tenant_id, l.started_at)
            from rw_tenant t join rw_leg l on l.tenant_id = t.id and l.uuid = new.id
            where t.id = new.tenant_id or t.parent_id = new.tenant_id;
    end if;
    return null;
end
$mark$;
create function agency_mark_attempt() returns trigger language plpgsql as $mark$
begin
    if tg_op <> 'INSERT' then
        perform agency_mark_hour(l.tenant_id, l.started_at)
            from rw_leg l where l.tenant_id = old.tenant_id and l.uuid = old.leg_uuid;
    end if;
    if tg_op <> 'DELETE' then
        perform agency_mark_hour(l.tenant_id, l.started_at)
            from rw_leg l where l.tenant_id = new.tenant_id and l.uuid = new.leg_uuid;
    end if;
    return null;
end
$mark$;
create function agency_mark_batch() returns trigger language plpgsql as $mark$
begin
    if tg_op <> 'INSERT' then
        perform agency_mark_hour(l.tenant_id, l.started_at)
            from rw_attempt a join rw_leg l on l.tenant_id = a.tenant_id and l.uuid = a.leg_uuid where a.campaign_id = old.id;
    end if;
    if tg_op <> 'DELETE' then
        perform agency_mark_hour(l.tenant_id, l.started_at)
            from rw_attempt a join rw_leg l on l.tenant_id = a.tenant_id and l.uuid = a.leg_uuid where a.campaign_id = new.id;
    end if;
    return null;
end
$mark$;
create function agency_mark_agency() returns trigger language plpgsql as $mark$
begin
    insert into agency_hour_marks (tenant_id, starts_at, last_at)
    select distinct t.id, date_trunc('hour', l.started_at at time zone 'UTC') at time zone 'UTC',
        date_trunc('hour', l.started_at at time zone 'UTC') at time zone 'UTC'
            + interval '1 hour' - interval '1 microsecond'
    from rw_tenant t join rw_leg l on l.tenant_id = t.id where t.id = new.tenant_id or t.parent_id = new.tenant_id;
    return null;
end
$mark$;
create function agency_forget_agency() returns trigger language plpgsql as $mark$
begin
    delete from agency_hours where tenant_id = old.tenant_id
        or tenant_id in (select id from rw_tenant where parent_id = old.tenant_id);
    delete from agency_hour_sums where tenant_id = old.tenant_id
        or tenant_id in (select id from rw_tenant where parent_id = old.tenant_id);
    delete from agency_hour_costs where tenant_id = old.tenant_id
        or tenant_id in (select id from rw_tenant where parent_id = old.tenant_id);
    delete from agency_hour_marks where tenant_id = old.tenant_id
        or tenant_id in (select id from rw_tenant where parent_id = old.tenant_id);
    return null;
end
$mark$;
create function agency_forget_account() returns trigger language plpgsql as $mark$
begin
    delete from agency_hours where tenant_id = old.id;
    delete from agency_hour_sums where tenant_id = old.id;
    delete from agency_hour_costs where tenant_id = old.id;
    delete from agency_hour_marks where tenant_id = old.id;
    return null;
end
$mark$;
create trigger agency_hour_leg
    after insert or delete or update of tenant_id, uuid, direction, started_at, answered_at, ended_at, cause on rw_leg
    for each row execute function agency_mark_leg();
create trigger agency_hour_record after insert or delete or update on rw_call_record for each row execute function agency_mark_record();
create trigger agency_hour_note after insert or delete or update on calls for each row execute function agency_mark_note();
create trigger agency_hour_attempt after insert or delete or update of tenant_id, campaign_id, leg_uuid on rw_attempt
    for each row execute function agency_mark_attempt();
create trigger agency_hour_batch_insert after insert on call_batches for each row when (new.is_test) execute function agency_mark_batch();
create trigger agency_hour_batch_update after update of is_test on call_batches for each row execute function agency_mark_batch();
create trigger agency_hour_batch_delete after delete on call_batches for each row when (old.is_test) execute function agency_mark_batch();
create trigger agency_hour_agency_insert after insert on agencies for each row execute function agency_mark_agency();
create trigger agency_hour_agency_delete after delete on agencies for each row execute function agency_forget_agency();
create trigger agency_hour_account_delete after delete on rw_tenant for each row execute function agency_forget_account();
insert into agency_hour_marks (tenant_id, starts_at, last_at)
select distinct t.id, date_trunc('hour', l.started_at at time zone 'UTC') at time zone 'UTC',
        date_trunc('hour', l.started_at at time zone 'UTC') at time zone 'UTC'
            + interval '1 hour' - interval '1 microsecond'
from rw_tenant t join agencies g on g.tenant_id = coalesce(t.parent_id, t.id) join rw_leg l on l.tenant_id = t.id;
-- @end
