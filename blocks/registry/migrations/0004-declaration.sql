-- Every declaration that was ever published, by its hash: an old version of a record is understood by the words it was recorded under.
create table registry.declaration (
  register text not null,
  hash text not null,
  declaration jsonb not null,
  published_at timestamptz not null,
  -- The plan that brought it; none where it only grew.
  plan text,
  -- Columns that got another name with it, from the name before to the name after: leaves of older versions speak of the old ones.
  moved jsonb not null,
  primary key (register, hash, published_at)
);
