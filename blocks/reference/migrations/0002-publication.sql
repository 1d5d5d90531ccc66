-- Editions end, codes end within an edition, and each edition stands on an act.
alter table reference.edition add column valid_until date;
alter table reference.edition add column act jsonb;
alter table reference.item add column valid_from date;
alter table reference.item add column valid_until date;
alter table reference.item add column properties jsonb;
alter table reference.item add column borrowed text[];
alter table reference.calendar_day add column moved_from date;

-- What the codes of one edition became in another.
create table reference.mapping (
  classifier text not null,
  from_edition date not null,
  to_edition date not null,
  position int not null,
  from_code text not null,
  to_code text not null,
  kind text not null,
  share double precision,
  note jsonb,
  primary key (classifier, from_edition, to_edition, position)
);

-- Changes of what is published, numbered within each list without gap in the order of commits: the row of the counter is held until
-- the commit, so a subscriber that keeps the last number never misses one that comes later.
create table reference.publication_counter (
  name text primary key,
  last int not null
);

create table reference.publication (
  name text not null,
  number int not null,
  at timestamptz not null,
  kind text not null check (kind in ('published', 'replaced')),
  edition date not null,
  changes jsonb not null,
  primary key (name, number)
);
