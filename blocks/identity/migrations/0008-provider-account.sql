-- Whose a session or a consent of the provider is, veiled once more: so that a person sees the programs that know him or her, and ends it.
alter table identity.provider_state add column account text;
create index provider_state_account on identity.provider_state (account) where account is not null;
