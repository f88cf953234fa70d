-- How long a party of a call may give no sign of life, talking and while it holds the call (0: for ever; null: the usual time), and the music for those whom it
-- lets wait.
alter table rw_trunk add column rtp_timeout_secs integer;
alter table rw_trunk add column held_rtp_timeout_secs integer;
alter table rw_connection add column rtp_timeout_secs integer;
alter table rw_connection add column held_rtp_timeout_secs integer;
alter table rw_connection add column hold_music text;
