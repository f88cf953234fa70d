-- Each call that begins, is answered or ends asks whether its account is an agency's (0045).
create unique index agencies_account on agencies (tenant_id);
