-- One row for a case, written whole with each step: the table is the queue of what is due. No key refers to it from the tables below:
-- their rows are written in the same statement, and a key would be looked up once more for each of them.
create table process.instance (
  id uuid primary key,
  process text not null,
  -- Content hash of the edition it runs on.
  model text not null,
  -- What people call it; no personal data.
  key text not null default '',
  body text,
  status text not null check (status in ('running', 'suspended', 'ended', 'terminated', 'cancelled')),
  -- Number of commands so far; whoever writes names the version he saw.
  version int not null,
  -- When something is due by itself.
  due timestamptz,
  leased_until timestamptz,
  incidents int not null default 0,
  -- Nearest legal deadline.
  deadline timestamptz,
  started_at timestamptz not null,
  ended_at timestamptz,
  -- Without its model, which stands above.
  state jsonb not null
) with (fillfactor = 60);
create index instance_due on process.instance (due) where due is not null;
create index instance_incident on process.instance (deadline, id) where incidents > 0;
create index instance_live on process.instance (model, id) where ended_at is null;

-- The legal record: what was done to a case, a row for all that was written together. Only ever added to. Replaying the commands gives
-- the state again. Each step has `at`, `command` and `told`, the list of what it led to, in order.
create table process.record (
  instance uuid not null,
  -- Number of the last of its commands.
  version int not null,
  steps jsonb not null,
  primary key (instance, version)
);
-- The same with a row for each command.
create view process.event as
  select r.instance, (r.version - jsonb_array_length(r.steps) + s.ordinality)::int as version, (s.value->>'at')::timestamptz as at,
    s.value->'command' as command, s.value->'told' as told
  from process.record r, jsonb_array_elements(r.steps) with ordinality s;

-- Open tasks of people, taken from the states of cases.
create table process.task (
  instance uuid not null,
  token int not null,
  process text not null,
  model text not null,
  key text not null,
  node text not null,
  title text,
  role text not null,
  body text,
  -- The last day of the calendar where nothing is due, so that it sorts behind.
  due timestamptz not null,
  held_by text,
  done_by text,
  since timestamptz not null,
  primary key (instance, token)
);
create index task_role on process.task (role, due, instance, token);
create index task_holder on process.task (held_by, due, instance, token) where held_by is not null;

-- What cases wait to hear.
create table process.subscription (
  instance uuid not null,
  kind text not null check (kind in ('message', 'signal')),
  name text not null,
  -- JSON of the value that must agree; empty where any will do.
  correlation text not null,
  since timestamptz not null,
  primary key (instance, kind, name, correlation)
);
create index subscription_name on process.subscription (kind, name, correlation, since, instance);

-- What was told: a message until the one case that waits for it has it, a signal until all have it that waited when it was
-- told, the next hour of a process that begins by the clock.
create table process.inbox (
  id uuid primary key,
  kind text not null check (kind in ('message', 'signal', 'timer')),
  name text not null,
  correlation text not null,
  instance uuid,
  variables jsonb not null,
  at timestamptz not null,
  -- When it is looked at next, and how often it was.
  due timestamptz not null,
  checks int not null default 0,
  expires_at timestamptz not null,
  -- Told from outside under an id of the teller's: kept until it expires, so that telling it again changes nothing.
  once boolean not null default false,
  handed_at timestamptz,
  -- Of a signal: the last case it has reached.
  reached uuid
);
create index inbox_due on process.inbox (due);
create index inbox_name on process.inbox (kind, name, correlation);

-- Calls to be made. Handed out until the hour in `due`; whoever has it in hand moves that on.
create table process.outbox (
  instance uuid not null,
  key text not null,
  token int not null,
  node text not null,
  name text not null,
  input jsonb not null,
  due timestamptz not null,
  attempts int not null default 0,
  primary key (instance, key)
) with (fillfactor = 75);
create index outbox_due on process.outbox (due);

-- Every edition there ever was, by the hash of its content.
create table process.model (
  hash text primary key,
  process text not null,
  name text not null,
  owner text not null,
  files jsonb not null,
  first_at timestamptz not null
);

-- From when until when an edition binds, by which date of a case. A term that is closed later is written anew.
create table process.binding (
  process text not null,
  model text not null,
  valid_from date,
  valid_until date,
  binds_by text not null check (binds_by in ('application', 'decision', 'event')),
  law jsonb,
  published_at timestamptz not null,
  primary key (process, model)
);

-- What an operator wants done and another one has not agreed to yet.
create table process.proposal (
  instance uuid not null,
  id uuid not null,
  repair jsonb not null,
  reason text not null,
  by text not null,
  at timestamptz not null,
  version int not null,
  decided_by text,
  decided_at timestamptz,
  outcome text check (outcome in ('confirmed', 'declined')),
  answer text,
  primary key (instance, id)
);
create index proposal_open on process.proposal (at) where decided_at is null;

-- Migrations of live cases to another edition, and what each case was before.
create table process.migration (
  upgrade text primary key,
  plan jsonb not null,
  applied_at timestamptz not null,
  by text not null,
  reason text not null,
  undone_at timestamptz,
  undone_by text
);
create table process.migrated (
  upgrade text not null,
  instance uuid not null,
  -- Version of the case after it was moved, and its state before.
  version int not null,
  before jsonb not null,
  undone boolean not null default false,
  primary key (upgrade, instance)
);
