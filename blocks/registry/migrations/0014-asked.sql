-- What officials typed into searches, and their reasons: sealed, for the one sitting that asked, until it is over.
create table registry.asked (
  -- A keyed hash of the reference and of the sitting: the table alone tells neither.
  id text not null primary key,
  sealed text not null,
  expires_at timestamptz not null
);
create index asked_over on registry.asked (expires_at);
