-- Which of the node's networks a phone's REGISTER came by: the listener's place. Null on a node that has but one.
alter table rw_registration add column network text;
