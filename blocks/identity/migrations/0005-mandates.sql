-- Who may act for whom. What a register says (parent, guardian, director) stands here by its id and its history only: whether it
-- still holds is asked of the register each time.
create table identity.mandate (
  id uuid primary key,
  kind text not null check (kind in ('parent', 'guardian', 'power-of-attorney', 'director', 'accountant')),
  -- PIN of the one who acts; the name is known once the mandate is accepted.
  holder text not null,
  holder_name text,
  subject_of text not null check (subject_of in ('person', 'company')),
  -- PIN of the person or TIN of the company acted for, with the name in each language.
  subject text not null,
  subject_name jsonb not null,
  -- PIN of the one who gave it; nobody where a register says it.
  given_by text,
  scope text not null check (scope in ('all', 'service', 'case')),
  -- Name of the service or id of the case.
  scope_of text,
  -- First day without it.
  until date,
  -- The holder may hand it on, once.
  passes_on boolean not null default false,
  -- The mandate this one was handed on from.
  chained_from uuid,
  state text not null check (state in ('offered', 'accepted', 'declined', 'ended')),
  given_at timestamptz not null,
  answered_at timestamptz,
  ended_at timestamptz,
  check ((scope = 'all') = (scope_of is null)),
  check ((state = 'ended') = (ended_at is not null))
);
create index mandate_holder on identity.mandate (holder, given_at desc);
create index mandate_subject on identity.mandate (subject, given_at desc);
create index mandate_handed_on on identity.mandate (given_by) where chained_from is not null;

-- What happened to a mandate is only ever added to.
create table identity.mandate_event (
  mandate_id uuid not null references identity.mandate,
  sequence int not null,
  at timestamptz not null,
  kind text not null check (kind in ('found', 'given', 'accepted', 'declined', 'ended')),
  -- Who did it, as the actor is named in records; nobody where a register said it.
  by_actor text,
  primary key (mandate_id, sequence)
);
