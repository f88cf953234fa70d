-- Who has proved a number is asked by the number alone, whenever one of its rows changes.
create index rw_verified_number_text on rw_verified_number (text);
