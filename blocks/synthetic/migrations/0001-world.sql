-- Which people were invented: the same seed and day give the same people again, so that only counters need be kept.
create table synthetic.world (
  one boolean primary key check (one),
  seed bigint not null,
  today date not null,
  chunks int not null,
  living int not null,
  made_at timestamptz not null
);

-- The batch of chunks being put into the registers, and how many of its steps are done; gone when it is.
create table synthetic.batch (
  from_chunk int primary key,
  until_chunk int not null,
  steps int not null
);

-- People worth signing in as; the first of each role.
create table synthetic.face (
  role text primary key,
  position int not null,
  pin text not null,
  name text not null,
  place text not null
);

-- Everyone alive, to be found by number or name on the sign-in page of a demo country.
create table synthetic.resident (
  pin text primary key,
  name text not null,
  name_key text not null,
  place text not null
);
create index resident_name on synthetic.resident (name_key text_pattern_ops, pin);
