-- Which registers are published and as what. The tables of a register itself are made when it is published.
create table registry.publication (
  register text primary key,
  declaration jsonb not null,
  published_at timestamptz not null
);

-- Each act that changed a record, once: the same act given twice is found here.
create table registry.act (
  act uuid primary key,
  register text not null,
  key text not null,
  version int not null,
  recorded_at timestamptz not null
);

-- Every read, written in the statement that reads. Kept by month; partitions are made ahead by the block.
create table registry.read_entry (
  subject text not null,
  at timestamptz not null,
  id uuid not null,
  reader_kind text not null,
  reader_body text,
  reader_name text,
  reader_person text,
  register text not null,
  fields text[] not null,
  ground text not null,
  case_id text,
  service text,
  found boolean not null
) partition by range (at);
create index read_entry_subject on registry.read_entry (subject, at desc, id desc);
