-- Files of first records that are in the registers as they stand, by their fingerprint.
create table synthetic.record_file (
  file text primary key,
  print text not null,
  loaded_at timestamptz not null
);

-- Which lines of them were recorded, so that a changed file brings only what is new and a broken start goes on where it stood.
create table synthetic.record_key (
  file text not null,
  key text not null,
  primary key (file, key)
);
