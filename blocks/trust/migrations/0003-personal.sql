-- Keys of people that are kept here and can be used only by who knows the phrase they are wrapped with.
create table trust.person_key (
  holder text not null,
  id uuid not null,
  serial_number text not null,
  salt bytea not null check (octet_length(salt) = 16),
  nonce bytea not null check (octet_length(nonce) = 12),
  wrapped bytea not null,
  -- Wrong phrases since the last right one.
  tries int not null,
  created_at timestamptz not null,
  blocked_at timestamptz,
  ended_at timestamptz,
  primary key (holder, id)
);
-- One key at a time: the newest; older signatures keep their certificates.
create unique index person_key_live on trust.person_key (holder) where ended_at is null;

-- What a person was asked to sign: exactly the bytes that are shown.
create table trust.signing_request (
  holder text not null,
  id uuid not null,
  -- Block that asks, with a word of its own by which it knows the request again.
  asked_by text not null,
  reference text not null,
  title text not null,
  media text not null check (media in ('text/plain', 'application/pdf')),
  content bytea not null,
  kind text not null check (kind in ('advanced', 'simple')),
  back text not null,
  state text not null check (state in ('waiting', 'signed', 'declined')),
  created_at timestamptz not null,
  expires_at timestamptz not null,
  settled_at timestamptz,
  -- The signed file: a PDF, or CMS with the content or the evidence inside.
  signed bytea,
  serial_number text,
  primary key (holder, id),
  check ((state = 'signed') = (signed is not null)),
  check ((state = 'waiting') = (settled_at is null))
);
create index signing_request_newest on trust.signing_request (holder, created_at desc);
