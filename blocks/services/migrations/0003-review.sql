-- A case that an official decides is in review, or waits for its applicant.
alter table services."case" drop constraint case_state_check;
alter table services."case" add constraint case_state_check
  check (state in ('draft', 'in-progress', 'in-review', 'waiting', 'granted', 'refused', 'withdrawn'));
-- Until when it must be decided; it moves by as long as the applicant was asked. Nothing where no official decides.
alter table services."case" add column due_at timestamptz;
alter table services."case" add column overdue_at timestamptz;
-- The official who has it before him.
alter table services."case" add column held_by text;
-- The order of the queue of a body.
create index case_queue on services."case" (body, due_at, submitted_at, id) where state = 'in-review';

-- What an official asked the applicant, and what was answered.
create table services.case_question (
  case_id uuid not null references services."case",
  sequence int not null,
  -- The message that tells the process of the answer: told twice it is one.
  message uuid not null,
  question text not null,
  -- Fields of the form to be corrected.
  fields jsonb not null,
  asked_at timestamptz not null,
  until timestamptz not null,
  answer text,
  answered_at timestamptz,
  primary key (case_id, sequence)
);
