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

-- A letter that was sent stays as it was; only that it was read is written, once.
create function post.keep_letter() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' or old.read_at is distinct from new.read_at and old.read_at is not null
    or (to_jsonb(old) - 'read_at') is distinct from (to_jsonb(new) - 'read_at') then
    raise exception 'a letter cannot be changed';
  end if;
  return new;
end $$;
create trigger letter_stays before update or delete on post.letter for each row execute function post.keep_letter();
