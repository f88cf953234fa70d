-- How keys are sent to a connection; what was written before says it in its document.
alter table rw_connection add column digit_method text not null default 'events' check (digit_method in ('events', 'tones', 'info'));
update rw_connection set digit_method = case doc ->> 'dtmf_type' when 'Inband' then 'tones' when 'SIP INFO' then 'info' else 'events' end;
