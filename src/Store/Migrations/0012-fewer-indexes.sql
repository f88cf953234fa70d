-- Two indexes that every webhook and every message of a black box paid for, and that only the removal of old rows read: it finds them by tenant, and from the
-- oldest row on.
drop index rw_delivery_age;
drop index rw_trace_age;
