-- What the body that owns a register must look at: many reads by one reader, a read for danger to life, an entry that differs from the
-- log. Written in the transaction in which it happened; somebody else than who raised it says that it was looked at.
create table registry.alarm (
  owner text not null,
  id uuid not null,
  kind text not null check (kind in ('bulk-read', 'glass-broken', 'tampered')),
  at timestamptz not null,
  register text not null,
  -- Records read; none where reads were only counted. A search that found nothing stands as `?` with its name.
  keys text[] not null,
  ground text,
  reason text,
  reader_kind text not null,
  reader_body text,
  reader_name text,
  reader_person text,
  -- What else is known: how many records on which day over which bound, which version or read differs.
  told jsonb not null,
  acknowledged_at timestamptz,
  acknowledged_by text,
  remark text,
  primary key (owner, id)
);
create index alarm_open on registry.alarm (owner, id) where acknowledged_at is null;
