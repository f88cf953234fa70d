-- When a node last said that it was alive: nanoseconds of the clock of the process with that epoch, which nobody sets.
alter table rw_node add column alive_epoch bigint;
alter table rw_node add column alive_nanos bigint;
-- When a leg's end was written, where that was later than the end itself: it was found by the start after a crash.
alter table rw_leg add column found_ended_at -- @time;
