-- Numbers of a kind within a year.
create table documents.sequence (
  document text not null,
  year int not null,
  last int not null,
  primary key (document, year)
);

-- What was issued, as it was signed. Rows are added and withdrawn, never changed or removed before their term of retention.
create table documents.document (
  id uuid primary key,
  document text not null,
  number text not null,
  subject text not null,
  case_id text not null,
  language text not null,
  issued_at timestamptz not null,
  issued_on date not null,
  valid_through date,
  body text not null,
  issued_by text not null,
  -- SHA-256 of the file, and of the facts inside it.
  sha256 bytea not null,
  digest bytea not null,
  -- The text in the code.
  statement text not null,
  pdf bytea not null,
  withdrawn_at timestamptz,
  withdrawn_by text,
  withdrawal_reason text,
  constraint document_number unique (document, number),
  constraint document_of_case unique (case_id, document)
);
create index document_subject on documents.document (subject, issued_at);
-- The file is packed inside: another attempt would only cost time.
alter table documents.document alter column pdf set storage external;
