-- What was done to a program or a system of a body, and by whom; only ever added to.
create table identity.program_act (
  program text not null,
  id uuid not null,
  at timestamptz not null,
  by_actor text not null,
  act text not null check (act in ('registered', 'suspended', 'resumed', 'ended', 'terms', 'secret', 'keys')),
  -- What it was before and is now, where that may be seen: agreement and quota.
  detail text,
  primary key (program, id)
);
