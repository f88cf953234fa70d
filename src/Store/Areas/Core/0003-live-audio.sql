-- Streams, forks, sessions with recording servers and transcriptions that an account may have at a time. Null: as many as the node carries.
alter table rw_tenant add column live_audio_limit integer;
