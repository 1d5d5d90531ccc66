-- A session is known by the hash of its token only: who reads this table cannot enter as anyone.
create table identity.session (
  token_hash text primary key,
  id uuid not null unique,
  pin text not null,
  name text not null,
  assurance text not null check (assurance in ('demo', 'simple', 'substantial', 'high')),
  device text not null,
  opened_at timestamptz not null,
  expires_at timestamptz not null,
  ended_at timestamptz
);
create index session_pin on identity.session (pin, opened_at desc);
