-- Months that were written into Parquet files outside the database. Reads of such a month are no longer here; events still are.
create table registry.archive (
  kind text not null check (kind in ('read', 'read-batch', 'event')),
  month date not null,
  part int not null,
  -- Path below the folder of the archive.
  file text not null,
  rows int8 not null,
  bytes int8 not null,
  -- Of the file.
  sha256 bytea not null,
  -- RFC 6962 root over the leaves of its rows, in their order: what the file says, however it is encoded.
  root bytea not null,
  -- First and last value of its first column, by which it is sorted.
  first text collate "C" not null,
  last text collate "C" not null,
  archived_at timestamptz not null,
  primary key (kind, month, part)
);
