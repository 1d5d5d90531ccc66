-- Day from which the signature in the file needs a further time stamp; null where none is put on any more. All that was issued before is
-- looked at once, which finds its day.
alter table documents.document
  add column renew_on date default '2026-11-01',
  -- How often the document was taken to be stamped anew.
  add column renewal int not null default 0;
alter table documents.document alter column renew_on drop default;
create index document_renew_on on documents.document (renew_on) where renew_on is not null and withdrawn_at is null;
