-- Since when a row lists its address: who was first has it.
alter table rw_connection_address add column listed_at -- @time;
update rw_connection_address set listed_at = created_at;
create index rw_connection_address_by_address on rw_connection_address (address);

-- Addresses that the operator lets several accounts list.
create table rw_shared_address (
    address text not null primary key,
    created_at -- @time not null
);

-- One row, which whoever claims an address changes first: so two of them, of two nodes even, come one after the other.
create table rw_address_turn (
    id integer not null primary key,
    taken bigint not null
);
insert into rw_address_turn (id, taken) values (1, 0);
