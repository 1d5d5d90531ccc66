-- Work to be done later. A job is written in the transaction of the act that asks for it, so it exists if and only if the act does.
create table kernel.job (
  id uuid primary key,
  name text not null,
  body jsonb not null,
  due_at timestamptz not null,
  attempts int not null default 0,
  leased_until timestamptz,
  last_fault text,
  stopped_at timestamptz
);
create index job_due on kernel.job (due_at) where stopped_at is null;

-- What happened, told to upper blocks. Each reaction gets a job of its own beside the event.
create table kernel.event (
  id uuid primary key,
  type text not null,
  at timestamptz not null,
  body jsonb not null
);
create index event_at on kernel.event (at);
