-- Events and reads that were committed together, as one leaf each of a small Merkle tree whose root goes into the log of the state.
-- A chain is one writer (process and slot): `head` covers the head before, so that nothing can be taken out before the log has it.
create table registry.batch (
  id uuid primary key,
  chain uuid not null,
  seq int8 not null,
  at timestamptz not null,
  kind text not null check (kind in ('event', 'read')),
  leaves int not null,
  root bytea not null,
  head bytea not null,
  -- Place in the log of the state, once it is there.
  log_index int8
);
create index batch_chain on registry.batch (chain, seq);
create index batch_unlogged on registry.batch (at) where log_index is null;
create index batch_log on registry.batch (log_index) where log_index is not null;

-- The event, and where its leaf is: the change feed follows the order of the log.
alter table registry.act add column event text;
alter table registry.act add column batch uuid;
alter table registry.act add column place int;
create index act_batch on registry.act (batch, place);

-- What was read where the record is not the subject itself; where its leaf is; why, under a ground for danger; when the subject sees it.
alter table registry.read_entry add column key text;
alter table registry.read_entry add column batch uuid;
alter table registry.read_entry add column place int;
alter table registry.read_entry add column reason text;
alter table registry.read_entry add column shown_from timestamptz;
