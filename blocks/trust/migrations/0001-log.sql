-- Batches on their way into the log. Written by any block inside its own statement, so that the act and its trace in the log are one
-- commit: table and columns are a public contract (log/contract.ts). Rows leave it once the sequencer has given them a place.
create table trust.log_entry (
  batch uuid primary key,
  at timestamptz not null,
  kind text not null,
  leaves int not null check (leaves > 0),
  root bytea not null check (octet_length(root) = 32),
  hashes bytea check (octet_length(hashes) = 32 * leaves)
);
grant insert on trust.log_entry to public;
grant usage on schema trust to public;

-- What the log holds, by its place. Its entry is the root of the batch and nothing else; time and kind are for finding it.
create table trust.log_leaf (
  place bigint primary key,
  batch uuid not null,
  at timestamptz not null,
  kind text not null,
  leaves int not null,
  root bytea not null,
  hashes bytea
);
create index log_leaf_batch on trust.log_leaf (batch);

-- Tiles of the tree (C2SP tlog-tiles), each in its widest state so far: a narrower one is its beginning.
create table trust.log_tile (
  level int not null,
  number bigint not null,
  hashes bytea not null,
  primary key (level, number)
);

-- One row: how far the sequencer is. Who sequences holds its lock.
create table trust.log_head (
  log text primary key,
  size bigint not null,
  root bytea not null
);

create table trust.log_checkpoint (
  size bigint primary key,
  at timestamptz not null,
  note text not null
);

-- Lines of witnesses under a checkpoint.
create table trust.log_cosignature (
  size bigint not null,
  witness text not null,
  at timestamptz not null,
  line text not null,
  primary key (size, witness)
);

-- What was last heard from a witness: the size it stands at, and whether it refused.
create table trust.log_witness (
  witness text primary key,
  size bigint not null,
  state text not null check (state in ('agrees', 'silent', 'ahead', 'fork', 'unknown-log', 'refuses')),
  at timestamptz not null
);
