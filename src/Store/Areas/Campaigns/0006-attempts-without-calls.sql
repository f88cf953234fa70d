-- Attempts that call nobody: whoever has died while it carried one out is found.
create index rw_attempt_alone on rw_attempt (node, claimed_at) where state = 'answered' and leg_id is null;
