-- Two records of one thing: proposed by one official, decided by another. The one that goes stays readable and says into which it went.
create table registry.merge (
  from_key text not null,
  id uuid not null,
  register text not null,
  into_key text not null,
  reason text not null,
  proposed_by text not null,
  proposed_at timestamptz not null,
  state text not null check (state in ('proposed', 'accepted', 'refused')),
  decided_by text,
  decided_at timestamptz,
  primary key (from_key, id)
);
create index merge_id on registry.merge (id);
create index merge_open on registry.merge (register, state, proposed_at);

-- What is left of a record that was physically removed by its declared rule: the leaf of each version in the log, and why.
create table registry.erasure (
  batch uuid not null,
  place int not null,
  leaf bytea not null,
  register text not null,
  act uuid not null,
  law jsonb not null,
  after_period text not null,
  -- The act of erasing, which is an event of the log itself.
  erased_by uuid not null,
  erased_at timestamptz not null,
  primary key (batch, place)
);
create index erasure_act on registry.erasure (erased_by);

-- Events of one register are one batch: its change feed follows the places of its batches in the log.
alter table registry.batch add column register text;
create index batch_feed on registry.batch (register, log_index) where log_index is not null;
