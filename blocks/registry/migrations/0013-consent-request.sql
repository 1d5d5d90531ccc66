-- A consent may be for one system of a body alone.
alter table registry.consent add column system text;

-- A system of a body asks a person to agree; the answer is the person's alone.
create table registry.consent_request (
  subject text not null,
  id uuid not null,
  ground text not null,
  reader text not null,
  system text not null,
  until date,
  asked_at timestamptz not null,
  state text not null check (state in ('open', 'agreed', 'declined')),
  answered_at timestamptz,
  -- The consent it led to.
  consent uuid,
  primary key (subject, id)
);
-- Asked twice it is one request.
create unique index consent_request_open on registry.consent_request (subject, ground, reader, system) where state = 'open';
create index consent_request_reader on registry.consent_request (id);
