-- Numbers that are ordered and not ready are looked after again and again.
create index agency_phone_numbers_pending on agency_phone_numbers (phone_number) where status = 'pending';
