-- Which caller ids customers may show on a trunk.
alter table rw_trunk add column caller_ids -- @enum owned|any not null default 'owned';

-- The header that tells a trunk who calls.
alter table rw_trunk add column caller_identity -- @enum none|pai not null default 'none';

-- The caller that the network brought into the leg's session: further legs of the session may show that one.
alter table rw_leg add column brought_caller text;
