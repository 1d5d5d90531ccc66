-- A change of declarations that was reviewed and carried out: the plan as it was written and accepted, who did it and when.
-- The identifier is the hash of what was published before and what was declared, so that a plan is carried out once.
create table registry.plan (
  id text not null,
  plan text not null,
  registers text[] not null,
  accepted jsonb not null,
  applied_at timestamptz not null,
  applied_by text not null,
  primary key (id, applied_at)
);
