-- What the OpenID provider has to remember between two requests: questions, codes, tokens, sessions. Known by the hash of a code or
-- token only, its content sealed with a key of the data folder: who reads this table learns nothing and enters nowhere.
create table identity.provider_state (
  id_hash text primary key,
  model text not null,
  grant_id text,
  uid text,
  user_code text,
  sealed bytea not null,
  consumed_at timestamptz,
  expires_at timestamptz not null
);
create index provider_state_grant on identity.provider_state (grant_id) where grant_id is not null;
create index provider_state_uid on identity.provider_state (uid) where uid is not null;
create index provider_state_user_code on identity.provider_state (user_code) where user_code is not null;
create index provider_state_expires on identity.provider_state (expires_at);

-- Signed messages of programs that were taken once (RFC 7523, 3 and RFC 9449, 11.1), by who signed and the id inside, never by their text.
create table identity.taken_once (
  issuer text not null,
  jti_hash text not null,
  expires_at timestamptz not null,
  primary key (issuer, jti_hash)
);
create index taken_once_expires on identity.taken_once (expires_at);

-- Programs that let people sign in here, or ask by themselves.
create table identity.program (
  id text primary key,
  body text not null,
  name text not null,
  agreement text,
  profile text not null check (profile in ('portal', 'partner', 'fapi', 'kiosk', 'system')),
  auth_method text not null check (auth_method in ('client_secret_basic', 'private_key_jwt')),
  secret_hash text,
  keys jsonb,
  redirect_uris text[] not null,
  sign_out_uris text[] not null,
  back_channel_uri text,
  scopes text[] not null,
  bound_tokens boolean not null,
  quota integer not null check (quota > 0),
  added_at timestamptz not null,
  added_by text not null,
  suspended_at timestamptz,
  ended_at timestamptz,
  check ((auth_method = 'client_secret_basic') = (secret_hash is not null)),
  check ((auth_method = 'private_key_jwt') = (keys is not null))
);

-- How often a program asked in a minute, over all nodes.
create table identity.program_use (
  program text not null,
  minute timestamptz not null,
  asked integer not null,
  primary key (program, minute)
);

-- Who an account of the provider is. Programs never see this id: each body gets another one made of it.
create table identity.account_subject (
  id text primary key,
  pin text not null,
  name text not null,
  seen_at timestamptz not null
);

-- Keys that sign tokens. The next one is published before it is used; an old one stays published until what it signed has run out.
create table identity.provider_key (
  kid text primary key,
  public_key jsonb not null,
  sealed bytea not null,
  made_at timestamptz not null,
  used_from timestamptz not null,
  ended_at timestamptz
);

-- The session at the provider that a session of the portal was opened under: they end together.
alter table identity.session add column provider_session text;
alter table identity.session add column methods text[];
create index session_provider on identity.session (provider_session) where provider_session is not null and ended_at is null;
