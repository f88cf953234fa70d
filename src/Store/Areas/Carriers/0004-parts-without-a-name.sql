-- Parts that a centre took and gave no id: a receipt that no other part answers to is looked for among them.
create index rw_text_part_nameless on rw_text_part (carrier_id, created_at) where state = 'accepted' and centre_id is null;
