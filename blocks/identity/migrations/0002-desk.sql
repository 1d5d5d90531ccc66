-- An official at a desk: a session of its own beside the person's, known by the hash of its token only.
create table identity.desk_session (
  token_hash text primary key,
  id uuid not null unique,
  official text not null,
  body text not null,
  post text not null,
  name text not null,
  device text not null,
  opened_at timestamptz not null,
  expires_at timestamptz not null,
  ended_at timestamptz
);

-- A system of a body that asks over the network. The secret is shown once; its hash is kept.
create table identity.client (
  id uuid primary key,
  secret_hash text not null unique,
  body text not null,
  name text not null,
  added_at timestamptz not null,
  added_by text not null,
  ended_at timestamptz
);
