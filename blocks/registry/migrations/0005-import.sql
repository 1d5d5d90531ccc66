-- A file that brings many records in, and how far it has come: lines behind `bytes_done` were written or reported.
create table registry.import (
  id uuid primary key,
  register text not null,
  event text not null,
  format text not null check (format in ('csv', 'jsonl', 'xlsx')),
  document jsonb not null,
  valid_from date,
  alike text,
  ground text,
  actor jsonb not null,
  file_name text not null,
  sha256 text not null,
  bytes int8 not null,
  bytes_done int8 not null,
  -- Line of the file that begins there.
  next_line int8 not null,
  -- Separator and names of the columns, where the format has a first line with them.
  columns text[],
  lines int8 not null,
  good int8 not null,
  bad int8 not null,
  alike_lines int8 not null,
  state text not null check (state in ('waiting', 'running', 'done', 'stopped')),
  fault text,
  created_at timestamptz not null,
  ended_at timestamptz
);

-- Lines that were not written: bad ones with their faults, and those that look like a record that is there, until it is decided.
create table registry.import_line (
  import uuid not null,
  line int8 not null,
  verdict text not null check (verdict in ('bad', 'alike', 'same', 'new')),
  key text,
  given jsonb not null,
  code text not null,
  params jsonb not null,
  faults jsonb not null,
  -- Records it looks like.
  alike text[] not null,
  decided_by text,
  decided_at timestamptz,
  primary key (import, line)
);
