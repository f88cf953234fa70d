-- Who answers for calls at hours at which nobody may be called without; null for nobody.
alter table campaigns add column legal_override -- @json;
