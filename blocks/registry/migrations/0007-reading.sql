-- The leaves of a batch one after another (32 bytes each): the way from a leaf to the root is computed without other people's entries.
alter table registry.batch add column if not exists hashes bytea;

-- A person agreed that a body reads about him under a ground. Withdrawn ones stay: they say on what the reads of their time rested.
create table registry.consent (
  subject text not null,
  id uuid not null,
  ground text not null,
  reader text not null,
  given_at timestamptz not null,
  until date,
  withdrawn_at timestamptz,
  primary key (subject, id)
);
create index consent_reader on registry.consent (subject, ground, reader);

-- Of how many different records one reader read in a day, under grounds that set a bound.
create table registry.bulk_reader (
  reader text not null,
  on_day date not null,
  ground text not null,
  subjects int not null,
  primary key (reader, on_day, ground)
);
create table registry.bulk_subject (
  reader text not null,
  on_day date not null,
  ground text not null,
  subject text not null,
  primary key (reader, on_day, ground, subject)
);

-- Reads of what is public are counted, not written: who reads public facts is nobody's business.
create table registry.public_read (
  register text not null,
  on_day date not null,
  ground text not null,
  reads int8 not null,
  primary key (register, on_day, ground)
);

-- Distinct names of a field and all that is left of each when one sign is left out: a misspelt name is found by equality alone.
create table registry.name_form (
  dictionary text not null,
  form text not null,
  name text not null,
  primary key (dictionary, form, name)
);

-- Fields whose names are all in the dictionary; those of records made before the field got its search are added once.
create table registry.name_dictionary (
  dictionary text primary key,
  filled_at timestamptz not null
);
