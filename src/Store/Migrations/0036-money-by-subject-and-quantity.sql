-- An entry of money says what it is for (a product), whom or what it was used by (a subject: a leg, and later a message) and how much of it (a quantity, in the product's unit).
drop index rw_money_entry_charge;
alter table rw_money_entry rename column leg_id to subject_id;
alter table rw_money_entry rename column billed_seconds to quantity;
alter table rw_money_entry add column subject_kind text;
alter table rw_money_entry add column unit text;
update rw_money_entry set subject_kind = 'leg' where subject_id is not null;
update rw_money_entry set unit = 'second' where quantity is not null;
-- A subject is charged once for a product.
create unique index rw_money_entry_charge on rw_money_entry (subject_id, subject_kind, product) where kind = 'charge' and subject_id is not null;
