-- What there is in which countries is a walk from group to group.
create index rw_stock_number_group on rw_stock_number (country, type, features, is_reservable, is_quickship) where state <> 'withheld';
