-- Names of applications and outbound profiles may stand twice in an account, those of SIP connections once. The rule of the table stays where it is, on a column of its
-- own: the name where it may stand once, else the id.
alter table rw_connection rename column name to unique_name;
alter table rw_connection add column name text not null default '';
update rw_connection set name = unique_name;
update rw_connection set unique_name = cast(id as text) where kind = 'call_control';

alter table rw_outbound_profile rename column name to unique_name;
alter table rw_outbound_profile add column name text not null default '';
update rw_outbound_profile set name = unique_name;
update rw_outbound_profile set unique_name = cast(id as text);
