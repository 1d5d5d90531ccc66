-- Who was put into a post and who left it, each by a document. Acts are only added; of two written at once for one post one wins.
create table reference.staff_act (
  post text not null,
  number int not null,
  act text not null check (act in ('appointed', 'dismissed')),
  official text not null,
  surname text not null,
  given text not null,
  patronymic text,
  on_day date not null,
  until_day date,
  ground jsonb not null,
  by_actor text not null,
  recorded_at timestamptz not null,
  primary key (post, number)
);

create index staff_act_official on reference.staff_act (official);
