-- A desk that was opened through the provider: whose it is, how surely, and the session there that it ends with. Desks from the list
-- of a demo country have none of these.
alter table identity.desk_session add column pin text;
alter table identity.desk_session add column assurance text check (assurance in ('simple', 'substantial', 'high'));
alter table identity.desk_session add column methods text[];
alter table identity.desk_session add column provider_session text;
create index desk_session_pin on identity.desk_session (pin, opened_at desc) where pin is not null;
create index desk_session_provider on identity.desk_session (provider_session) where provider_session is not null and ended_at is null;
