-- Whether sound may come from elsewhere than a trunk's SDP says, when nothing comes from there.
alter table rw_trunk add column rtp_auto_adjust boolean not null default true;
