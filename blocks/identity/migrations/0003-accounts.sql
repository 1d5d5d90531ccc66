-- Accounts of people and what they show to sign in. A number that is only claimed opens nobody's record.
create table identity.account (
  id uuid primary key,
  pin text not null,
  name text not null,
  opened_at timestamptz not null,
  -- Whether the number, the day of birth and the register agreed when the number was claimed; never shown to who claims.
  claim_fits boolean,
  -- Identity confirmed: who did it (an official, a bank), and when.
  confirmed_at timestamptz,
  confirmed_by text,
  -- Until then no factor and no channel is taken away, and nothing is done that cannot be undone.
  guarded_until timestamptz,
  closed_at timestamptz
);
create unique index account_confirmed on identity.account (pin) where confirmed_at is not null and closed_at is null;
create index account_pin on identity.account (pin);

-- Where an account is told what happens to it.
create table identity.channel (
  account uuid not null references identity.account (id),
  id uuid not null,
  kind text not null check (kind in ('mail', 'phone')),
  address text not null,
  confirmed_at timestamptz not null,
  removed_at timestamptz,
  primary key (account, id)
);
create unique index channel_address on identity.channel (address) where removed_at is null;

create table identity.authenticator (
  account uuid not null references identity.account (id),
  id uuid not null,
  kind text not null check (kind in ('password', 'totp', 'passkey', 'certificate', 'recovery')),
  -- What the person recognises it by; set by the person or taken from the device.
  name text not null,
  -- Hash of the password, sealed secret of TOTP, public key of a passkey, fingerprint of a certificate, hash of a recovery code.
  secret text not null,
  -- Id of a passkey or fingerprint of a certificate: found by it at sign-in.
  credential text,
  -- Signature counter of a passkey, last accepted step of TOTP.
  counter bigint not null default 0,
  added_at timestamptz not null,
  used_at timestamptz,
  removed_at timestamptz,
  primary key (account, id)
);
create unique index authenticator_credential on identity.authenticator (credential) where removed_at is null;
create unique index authenticator_single on identity.authenticator (account, kind) where removed_at is null and kind in ('password', 'totp');

-- What happened to an account: sign-ins and changes, as its owner reads them.
create table identity.security_event (
  account uuid not null references identity.account (id),
  id uuid not null,
  event text not null,
  at timestamptz not null,
  device text not null,
  detail text,
  primary key (account, id)
);

-- Guesses and messages, counted by what they are aimed at or come from, in windows of time. The key is a keyed hash.
create table identity.attempt (
  key text not null,
  window_start timestamptz not null,
  count integer not null,
  primary key (key, window_start)
);
create index attempt_window on identity.attempt (window_start);

-- A way of several pages in one browser, known by the hash of its cookie.
create table identity.passage (
  token_hash text primary key,
  kind text not null,
  state jsonb not null,
  expires_at timestamptz not null,
  finished_at timestamptz
);
create index passage_expires on identity.passage (expires_at);

-- A code sent by mail or phone: for one passage and one purpose.
create table identity.code (
  passage text not null,
  purpose text not null,
  code_hash text not null,
  tries integer not null,
  expires_at timestamptz not null,
  used_at timestamptz,
  primary key (passage, purpose)
);
create index code_expires on identity.code (expires_at);

-- Challenges that were answered: none is answered twice.
create table identity.burnt_challenge (
  challenge text primary key,
  expires_at timestamptz not null
);
create index burnt_challenge_expires on identity.burnt_challenge (expires_at);

-- Activation codes handed out at a service centre. One may be live for a person.
create table identity.activation (
  pin text not null,
  id uuid not null,
  name text not null,
  born_on date not null,
  requested_by text not null,
  requested_official text not null,
  requested_at timestamptz not null,
  approved_by text,
  approved_official text,
  approved_at timestamptz,
  code_hash text,
  expires_at timestamptz,
  tries integer not null default 0,
  used_at timestamptz,
  voided_at timestamptz,
  primary key (pin, id),
  check (approved_official is null or approved_official <> requested_official)
);
create unique index activation_id on identity.activation (id);
create unique index activation_live on identity.activation (pin) where used_at is null and voided_at is null;

-- Which person an official is: who signs in as that person may sit down at a desk of a post which the official holds.
create table identity.official_account (
  official text primary key,
  pin text not null unique,
  linked_by text not null,
  linked_at timestamptz not null
);

-- Messages of a demo country, which has no operator of mail or phones: shown in the browser that named the address first.
create table identity.demo_box (
  address text primary key,
  browser text not null
);
create table identity.demo_message (
  address text not null,
  id uuid not null,
  body text not null,
  at timestamptz not null,
  primary key (address, id)
);
