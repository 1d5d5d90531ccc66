create table services."case" (
  id uuid primary key,
  -- Given when the application is handed in: year and running number.
  number text unique,
  service text not null,
  edition int not null,
  -- SHA-256 of the texts it was decided by.
  edition_hash text not null,
  body text not null,
  applicant text not null,
  -- The person it is about: the applicant, or the child.
  subject text not null,
  language text not null check (language in ('ky', 'ru', 'kk', 'en')),
  state text not null check (state in ('draft', 'in-progress', 'granted', 'refused', 'withdrawn')),
  -- What was typed, by name of the input.
  answers jsonb not null default '{}',
  -- What was read from registers, by fact.
  facts jsonb not null default '{}',
  outcome jsonb,
  document_id text,
  document_number text,
  started_at timestamptz not null,
  submitted_at timestamptz,
  changed_at timestamptz not null,
  expected_on date,
  version int not null default 1,
  check ((number is null) = (submitted_at is null)),
  check (state in ('draft', 'withdrawn') or outcome is not null)
);

-- One draft of a service a person: opening it again goes on with it.
create unique index case_draft on services."case" (applicant, service) where state = 'draft';
create index case_applicant on services."case" (applicant, changed_at desc, id desc) where state <> 'withdrawn';

-- The last number given to an application, by year.
create table services.case_number (
  year text primary key,
  last bigint not null
);

-- The history of a case is only ever added to.
create table services.case_event (
  case_id uuid not null references services."case",
  sequence int not null,
  at timestamptz not null,
  kind text not null,
  params jsonb not null,
  primary key (case_id, sequence)
);
