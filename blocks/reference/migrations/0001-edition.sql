-- An edition of a classifier, a calendar or boundaries: what was true on its day stays readable after the next edition comes.
create table reference.edition (
  name text not null,
  edition date not null,
  kind text not null,
  owner text not null,
  valid_from date not null,
  source jsonb not null,
  title jsonb not null,
  hash text not null,
  rows int not null,
  loaded_at timestamptz not null,
  primary key (name, edition)
);

create table reference.item (
  classifier text not null,
  edition date not null,
  code text not null,
  position int not null,
  parent text,
  level text,
  ky text not null,
  ru text not null,
  kk text not null,
  en text not null,
  lat double precision,
  lon double precision,
  weight double precision,
  primary key (classifier, edition, code)
);

create table reference.calendar_day (
  calendar text not null,
  edition date not null,
  day date not null,
  kind text not null,
  estimated boolean not null,
  ky text not null,
  ru text not null,
  kk text not null,
  en text not null,
  primary key (calendar, edition, day)
);
