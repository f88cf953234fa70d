-- What the model found: 1 or 0. None where nobody has judged, or the campaign is of another kind.
alter table calls add column qualified integer;
alter table calls add column meeting_booked integer;
