-- Which documents answer texts to a number, as JSON; null has none.
alter table rw_number add column texts text;
