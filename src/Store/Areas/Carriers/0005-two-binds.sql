-- The port of a second bind, by which texts come in; null where one bind serves both ways.
alter table rw_text_carrier add column receive_port integer;
