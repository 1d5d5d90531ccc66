-- A person says that a field of the record about him is wrong; the owner of the register decides.
create table registry.contest (
  key text not null,
  id uuid not null,
  register text not null,
  owner text not null,
  field text not null,
  held jsonb not null,
  claimed text not null,
  reason text not null,
  by_pin text not null,
  at timestamptz not null,
  due_on date not null,
  state text not null check (state in ('open', 'accepted', 'refused')),
  answer text,
  decided_at timestamptz,
  decided_by text,
  primary key (key, id)
);
create index contest_owner on registry.contest (owner, state, due_on, id);
create index contest_person on registry.contest (by_pin, id);

-- Who used a value that turned out to be wrong, found from the reads: one line for each reader, case and service. Empty text: none.
create table registry.correction_notice (
  key text not null,
  act uuid not null,
  body text not null,
  person text not null,
  case_id text not null,
  service text not null,
  id uuid not null,
  register text not null,
  fields text[] not null,
  reads int not null,
  first_at timestamptz not null,
  last_at timestamptz not null,
  corrected_at timestamptz not null,
  primary key (key, act, body, person, case_id, service)
);
create index correction_notice_body on registry.correction_notice (body, id);
