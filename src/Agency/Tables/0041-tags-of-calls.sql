-- Words that people put on a call, as a list; none where nobody has.
alter table calls add column tags -- @json;
