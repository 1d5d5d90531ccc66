-- Content of files that records speak of, by its fingerprint (SHA-256 in hex): of one register and of the body that brought it, so that
-- nobody gets at a file by knowing its fingerprint. The bytes are in pieces, so that neither side holds a large file in memory.
create table registry.content (
  sha256 text not null,
  register text not null,
  body text not null,
  -- Of its pieces.
  content uuid not null,
  type text not null,
  size int8 not null,
  kept_at timestamptz not null,
  primary key (sha256, register, body)
);
create table registry.content_piece (
  content uuid not null,
  piece int not null,
  bytes bytea not null,
  primary key (content, piece)
);

-- Which records have or had a file. Content without a use goes: what was brought and never recorded, and what was erased.
create table registry.content_use (
  key text not null,
  register text not null,
  sha256 text not null,
  primary key (key, register, sha256)
);
create index content_use_file on registry.content_use (sha256, register);
