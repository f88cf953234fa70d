-- The billing group that calls are charged to: of the outbound profile, or of the number that was called.
alter table rw_outbound_profile add column billing_group text;
alter table rw_number add column billing_group text;
update rw_outbound_profile set billing_group = nullif(doc ->> 'billing_group_id', '');
update rw_number set billing_group = nullif(doc ->> 'billing_group_id', '');
