-- A letter that was sent stays as it was; only that it was read is written, once.
create table post.letter (
  id uuid primary key,
  recipient text not null,
  from_body text not null,
  -- Texts in each language, as written on the day.
  subject jsonb not null,
  body jsonb not null,
  case_id text,
  kind text not null,
  document_id text,
  sent_at timestamptz not null,
  read_at timestamptz check (read_at >= sent_at),
  unique (case_id, kind, recipient)
);

create index letter_recipient on post.letter (recipient, id desc);
create index letter_unread on post.letter (recipient) where read_at is null;
