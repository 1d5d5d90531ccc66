-- Certificates that the authorities of this installation issued. The certificate itself says everything about its holder; what stands
-- beside it is for finding it and for its state, which a certificate cannot say.
create table trust.certificate (
  serial_number text primary key check (serial_number ~ '^([0-9a-f]{2}){1,21}$'),
  authority text not null,
  kind text not null,
  -- Code of the body or company, PIN of the person, id of the official or system.
  holder text not null,
  key_hash bytea not null check (octet_length(key_hash) = 32),
  der bytea not null,
  not_before timestamptz not null,
  not_after timestamptz not null,
  -- The revocation list that speaks of it.
  list text not null,
  state text not null check (state in ('good', 'held', 'revoked')),
  revoked_at timestamptz,
  reason text,
  issued_at timestamptz not null,
  check ((state = 'good') = (revoked_at is null)),
  check ((state = 'good') = (reason is null))
);
create index certificate_holder on trust.certificate (holder, issued_at);
create index certificate_revoked on trust.certificate (list) where state <> 'good';

-- Keys that were certified once: nobody gets a second certificate over the same key, whatever became of the first.
create table trust.certified_key (
  key_hash bytea primary key check (octet_length(key_hash) = 32),
  serial_number text not null
);

-- What was done to a certificate, by whom and when.
create table trust.certificate_act (
  serial_number text not null,
  id uuid not null,
  at timestamptz not null,
  act text not null check (act in ('issued', 'held', 'resumed', 'revoked')),
  actor text not null,
  reason text,
  primary key (serial_number, id)
);

-- What is signed and published as a whole: revocation lists by their names, and the trusted list. The number only grows.
create table trust.publication (
  name text primary key,
  number bigint not null,
  stale boolean not null,
  at timestamptz not null,
  content bytea
);

-- Status of the services of the trusted list, with all that it ever was (ETSI TS 119 612, 5.6).
create table trust.service_status (
  service text not null,
  since timestamptz not null,
  status text not null check (status in ('granted', 'withdrawn')),
  primary key (service, since)
);
