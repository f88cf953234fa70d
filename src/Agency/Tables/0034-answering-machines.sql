-- What becomes of a machine that answers for whoever an agent calls, and what it is told; nobody has said so of agents that are there.
alter table agent_mappings add column voicemail_policy text not null default 'continue'
    check (voicemail_policy in ('continue', 'hangup', 'leave_message'));
alter table agent_mappings add column voicemail_message text;
