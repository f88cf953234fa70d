-- In the provider's word, what ended the SIP session of a call that was by one.
alter table provider_calls add column sip_reason text;
